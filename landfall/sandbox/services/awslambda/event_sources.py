"""What Lambda reads for a function, as the function's role: queues and streams.

Lambda Developer Guide, 'Using Lambda with Amazon SQS', 'Using Lambda with Amazon Kinesis Data
Streams': the permissions of the execution role, which Lambda checks when a mapping is created and
uses at each batch. Streams of DynamoDB can have policies that the sandbox does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.encrypted import uses_of
from landfall.sandbox.judging.permissions import Permission

_QUEUE: Final = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
_STREAM: Final = ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards")
_ACCESS: Final = (
    "Cannot access stream {}. Please ensure the role can perform the GetRecords, GetShardIterator, "
    "DescribeStream, ListShards, and ListStreams Actions on your stream in IAM."
)


def lacking(role: str, region: str, source: str) -> str:
    """Return why a function's role may not read an event source, in Lambda's words.

    The text is empty if it may. The sandbox's record keeps what is refused.
    """
    session = session_of(role, "awslambda")
    for permission in _needed(session, region, source):
        if refused(session, region, (permission,)):
            if source.split(":")[2] != "sqs":
                return _ACCESS.format(source)
            service, _, operation = permission.action.partition(":")
            return (
                "The provided execution role does not have permissions to call "
                f"{operation} on {service.upper()}"
            )
    return ""


def _needed(session: Caller, region: str, source: str) -> Iterator[Permission]:
    parts = source.split(":")
    if len(parts) != 6:
        return
    if parts[2] == "kinesis":
        yield from (Permission(f"kinesis:{each}", source) for each in _STREAM)
        yield Permission("kinesis:ListStreams", "*")
    if parts[2] == "sqs":
        yield from (Permission(f"sqs:{each}", source) for each in _QUEUE)
        read = {"QueueUrl": f"/{parts[4]}/{parts[5]}"}
        for action, key, keys in uses_of(Request(session, region, "sqs", "ReceiveMessage", read)):
            yield Permission(action, key, keys, is_other=True)

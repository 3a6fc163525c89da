"""Lambda: what other services invoke runs as a process, like any invocation.

The emulator would start a container, and read event sources without a permission. A function that
S3, SNS or an event source invokes runs after the request that caused it: Lambda Developer Guide,
'Invoking a Lambda function asynchronously'.
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction

from landfall.sandbox.services.awslambda.event_invocations import later
from landfall.sandbox.services.awslambda.event_sources import lacking

_send_batch = LambdaBackend.send_sqs_batch
_send_record = LambdaBackend.send_kinesis_message


def _invoke(self: LambdaFunction, body: str, *_: Any) -> bytes:
    later(self.account_id, self.region, f"{self.function_name}:{self.version}", body)
    return b"{}"


def _batch(self: LambdaBackend, function_arn: str, messages: Any, queue_arn: str) -> bool:
    """Leave messages in the queue as long as the function's role may not read them."""
    role = self.get_function(function_arn).role
    return not lacking(role, self.region_name, queue_arn) and bool(
        _send_batch(self, function_arn, messages, queue_arn)
    )


def _record(self: LambdaBackend, function_name: str, kinesis_stream: str, **record: Any) -> None:
    role = self.get_function(function_name).role
    if not lacking(role, self.region_name, kinesis_stream):
        _send_record(self, function_name, kinesis_stream, **record)


LambdaFunction.invoke = _invoke
LambdaBackend.send_sqs_batch = _batch
LambdaBackend.send_kinesis_message = _record

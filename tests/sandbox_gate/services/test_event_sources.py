"""Queues and streams that Lambda reads for a function, as long as the function's role may."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, error_of, settle
from tests.sandbox_gate.services.test_lambda import allow, create

QUEUE = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:orders"
STREAM = f"arn:aws:kinesis:{REGION}:{MANAGEMENT}:stream/orders"
PRINTS = "def handle(event, context):\n    print('got', event['Records'][0]['eventSourceARN'])\n"
LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
READS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
REFUSED = "The provided execution role does not have permissions to call {} on SQS"


def logged(aws: Clients, wanted: int) -> int:
    """Return how many events of a source the function printed; wait until it is as wanted."""
    end = time.monotonic() + 30
    while (found := _logged(aws)) < wanted and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _logged(aws: Clients) -> int:
    logs = aws("logs")
    try:
        found = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return sum(each["message"].startswith("got arn:") for each in found)


def mapped(client: Any, source: str) -> Any:
    return client.create_event_source_mapping(FunctionName="f", EventSourceArn=source)


def test_function_gets_messages_as_long_as_its_role_may_read_the_queue(aws: Clients) -> None:
    url = aws("sqs").create_queue(QueueName="orders")["QueueUrl"]
    client = create(aws, PRINTS)
    for held, missing in zip((LOGS, READS[:1], READS[:2]), READS, strict=True):
        allow(aws, *held)
        refused = REFUSED.format(missing.removeprefix("sqs:"))
        assert error_of(mapped, client, QUEUE) == ("InvalidParameterValueException", refused)
    allow(aws, *READS, *LOGS)
    assert mapped(client, QUEUE)["EventSourceArn"] == QUEUE

    aws("sqs").send_message(QueueUrl=url, MessageBody="1")
    assert logged(aws, 1) == 1
    allow(aws, *LOGS)
    aws("sqs").send_message(QueueUrl=url, MessageBody="2")

    [left] = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert left["Body"] == "2"


def test_encrypted_queue_needs_its_key_through_the_queue(aws: Clients) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    aws("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    client = create(aws, PRINTS)
    allow(aws, *READS)
    refused = ("InvalidParameterValueException", REFUSED.replace("SQS", "KMS").format("Decrypt"))
    assert error_of(mapped, client, QUEUE) == refused

    allow(aws, *READS, "kms:Decrypt")
    assert mapped(client, QUEUE)["EventSourceArn"] == QUEUE


def test_function_gets_records_as_long_as_its_role_may_read_the_stream(aws: Clients) -> None:
    aws("kinesis").create_stream(StreamName="orders", ShardCount=1)
    client = create(aws, PRINTS)
    allow(aws, "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream")
    code, message = error_of(mapped, client, STREAM)
    assert code == "InvalidParameterValueException"
    assert message.startswith(f"Cannot access stream {STREAM}. Please ensure the role can perform")
    allow(aws, "kinesis:*", *LOGS)
    mapped(client, STREAM)

    put = {"StreamName": "orders", "PartitionKey": "a", "Data": json.dumps({}).encode()}
    aws("kinesis").put_record(**put)
    assert logged(aws, 1) == 1
    allow(aws, *LOGS)
    aws("kinesis").put_record(**put)
    allow(aws, "kinesis:*", *LOGS)
    aws("kinesis").put_record(**put)

    assert logged(aws, 2) == 2
    settle(client)
    assert logged(aws, 2) == 2

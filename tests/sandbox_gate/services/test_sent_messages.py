"""Topics and buckets send to the queues and functions that admit them at that moment."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from landfall.sandbox import access
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, Sandbox
from tests.sandbox_gate.judging.test_record import server_of
from tests.sandbox_gate.services.test_lambda import allow, create

TOPIC = f"arn:aws:sns:{REGION}:{MANAGEMENT}:orders"
QUEUE = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:orders"
BUCKET = "orders-uploads"


def admits(aws: Clients, service: str, source: str, account: str = MANAGEMENT) -> None:
    """Let the queue admit a service for a source."""
    arn = QUEUE.replace(MANAGEMENT, account)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    client = aws("sqs", account=account)
    url = client.get_queue_url(QueueName="orders")["QueueUrl"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def received(aws: Clients, account: str = MANAGEMENT) -> list[Any]:
    client = aws("sqs", account=account)
    url = client.get_queue_url(QueueName="orders")["QueueUrl"]
    found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for each in found:
        client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [json.loads(each["Body"]) for each in found]


def denied(sandbox: Sandbox) -> list[tuple[str, str, str]]:
    found = access.services_of(access.read(server_of(sandbox)))
    return [(each.service, each.source, each.action) for each in found]


def test_queue_of_a_topic_gets_messages_once_it_admits_the_topic(
    aws: Clients, sandbox: Sandbox
) -> None:
    aws("sqs").create_queue(QueueName="orders")
    topics = aws("sns")
    topics.create_topic(Name="orders")
    topics.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    topics.publish(TopicArn=TOPIC, Message="1")
    admits(aws, "sns", TOPIC + "-other")
    topics.publish(TopicArn=TOPIC, Message="2")
    assert received(aws) == []
    assert denied(sandbox) == [("sns.amazonaws.com", TOPIC, "sqs:SendMessage")]
    admits(aws, "sns", TOPIC)
    topics.publish(TopicArn=TOPIC, Message="3")
    assert [each["Message"] for each in received(aws)] == ["3"]


def test_queue_of_another_account_gets_messages(aws: Clients, member: str) -> None:
    aws("sqs", account=member).create_queue(QueueName="orders")
    topics = aws("sns")
    topics.create_topic(Name="orders")
    topics.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE.replace(MANAGEMENT, member))
    admits(aws, "sns", TOPIC, member)
    topics.publish(TopicArn=TOPIC, Message="1")
    assert [each["Message"] for each in received(aws, member)] == ["1"]


def test_bucket_notifies_the_queue_only_as_long_as_it_admits_the_bucket(
    aws: Clients, sandbox: Sandbox
) -> None:
    aws("sqs").create_queue(QueueName="orders")
    source = f"arn:aws:s3:::{BUCKET}"
    admits(aws, "s3", source)
    buckets = aws("s3")
    where = {"LocationConstraint": REGION}
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    entry = {"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
    buckets.put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": [entry]}
    )
    received(aws)
    buckets.put_object(Bucket=BUCKET, Key="one", Body=b"1")
    (message,) = received(aws)
    assert message["Records"][0]["s3"]["object"]["key"] == "one"
    admits(aws, "s3", source + "-other")
    buckets.put_object(Bucket=BUCKET, Key="two", Body=b"2")
    assert received(aws) == []
    assert denied(sandbox) == [("s3.amazonaws.com", source, "sqs:SendMessage")]


@pytest.mark.parametrize("service", ["sns", "s3"])
def test_function_runs_once_it_admits_the_topic_or_bucket(
    aws: Clients, sandbox: Sandbox, service: str
) -> None:
    functions = create(aws, "def handle(event, context): print('got', len(event['Records']))")
    allow(aws, "logs:*")
    arn = f"arn:aws:lambda:{REGION}:{MANAGEMENT}:function:f"
    source = TOPIC if service == "sns" else f"arn:aws:s3:::{BUCKET}"
    if service == "sns":
        aws("sns").create_topic(Name="orders")
        aws("sns").subscribe(TopicArn=TOPIC, Protocol="lambda", Endpoint=arn)
        aws("sns").publish(TopicArn=TOPIC, Message="1")
        assert denied(sandbox) == [("sns.amazonaws.com", TOPIC, "lambda:InvokeFunction")]
    functions.add_permission(
        FunctionName="f",
        StatementId="one",
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        SourceArn=source,
    )
    if service == "sns":
        aws("sns").publish(TopicArn=TOPIC, Message="2")
    else:
        where = {"LocationConstraint": REGION}
        aws("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        entry = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
        aws("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"LambdaFunctionConfigurations": [entry]}
        )
        aws("s3").put_object(Bucket=BUCKET, Key="one", Body=b"1")
    assert printed(aws("logs")) == ["got 1"]


def printed(logs: Any) -> list[str]:
    """Return what the function printed, once it ran: it does so after its cause's request."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"]:
            lines = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
            found = [each["message"] for each in lines if "got" in each["message"]]
            if found:
                return found
        time.sleep(0.05)
    raise AssertionError("the function did not run")

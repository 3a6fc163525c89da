"""Alarms of CloudWatch publish to the topics that admit them, and to no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.sandbox import access
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, Sandbox
from tests.sandbox_gate.judging.test_record import server_of

ALARM = f"arn:aws:cloudwatch:{REGION}:{MANAGEMENT}:alarm:orders"
TOPIC = f"arn:aws:sns:{REGION}:{MANAGEMENT}:alarms"
QUEUE = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:alarms"
CLOUDWATCH = {"Service": "cloudwatch.amazonaws.com"}


def document(action: str | list[str], resource: str, principal: Any, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def messages(aws: Clients) -> Any:
    """Create the alarm, its topic and a queue; return what reads the queue."""
    aws("sns").create_topic(Name="alarms")
    admits = document("sqs:SendMessage", QUEUE, {"Service": "sns.amazonaws.com"})
    queues = aws("sqs")
    url = queues.create_queue(QueueName="alarms", Attributes={"Policy": admits})["QueueUrl"]
    aws("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)
    aws("cloudwatch").put_metric_alarm(
        AlarmName="orders",
        Namespace="Orders",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC],
    )

    def read() -> list[dict[str, Any]]:
        found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            queues.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(json.loads(each["Body"])["Message"]) for each in found]

    return read


def ring(aws: Clients) -> None:
    for state in ("OK", "ALARM"):
        aws("cloudwatch").set_alarm_state(
            AlarmName="orders", StateValue=state, StateReason="a test"
        )


def admit(aws: Clients, **condition: Any) -> None:
    policy = document("sns:Publish", TOPIC, CLOUDWATCH, **condition)
    aws("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)


def history(aws: Clients) -> list[str]:
    found = aws("cloudwatch").describe_alarm_history(AlarmName="orders", HistoryItemType="Action")
    return [each["HistorySummary"] for each in found["AlarmHistoryItems"]]


def test_default_policy_of_a_topic_admits_alarms_of_its_account(
    aws: Clients, messages: Any
) -> None:
    ring(aws)
    (message,) = messages()
    assert (message["NewStateValue"], message["OldStateValue"]) == ("ALARM", "OK")
    assert history(aws) == [f"Successfully executed action {TOPIC}"]
    aws("cloudwatch").set_alarm_state(AlarmName="orders", StateValue="ALARM", StateReason="again")
    aws("cloudwatch").disable_alarm_actions(AlarmNames=["orders"])
    ring(aws)
    assert messages() == []


def test_topic_that_admits_another_alarm_gets_nothing_and_the_record_names_it(
    aws: Clients, sandbox: Sandbox, messages: Any
) -> None:
    admit(aws, ArnEquals={"aws:SourceArn": ALARM + "-other"})
    ring(aws)
    assert messages() == []
    (denial,) = access.services_of(access.read(server_of(sandbox)))
    assert (denial.service, denial.source) == ("cloudwatch.amazonaws.com", ALARM)
    assert (denial.action, denial.resource) == ("sns:Publish", TOPIC)
    (said,) = history(aws)
    assert said == (
        f'Failed to execute action {TOPIC}. Received error: "Resource: {ALARM} is not authorized '
        f'to perform: SNS:Publish on resource: {TOPIC}"'
    )
    mine = {"ArnEquals": {"aws:SourceArn": ALARM}}
    admit(aws, **mine, StringEquals={"aws:SourceAccount": MANAGEMENT})
    ring(aws)
    assert len(messages()) == 1


def test_key_of_the_topic_must_admit_the_alarm(
    aws: Clients, sandbox: Sandbox, messages: Any
) -> None:
    keys = aws("kms")
    key = keys.create_key()["KeyMetadata"]["Arn"]
    aws("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue=key
    )
    ring(aws)
    assert messages() == []
    (denial,) = access.services_of(access.read(server_of(sandbox)))
    assert (denial.action, denial.resource) == ("kms:Decrypt", key)
    policy = json.loads(keys.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    uses = document(
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        CLOUDWATCH,
        ArnLike={"aws:SourceArn": ALARM},
    )
    policy["Statement"] += json.loads(uses)["Statement"]
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    ring(aws)
    assert len(messages()) == 1


def test_change_of_state_is_an_event(aws: Clients, messages: Any) -> None:
    events = aws("events")
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail": {"alarmName": ["orders"], "state": {"value": ["ALARM"]}},
    }
    events.put_rule(Name="alarms", EventPattern=json.dumps(pattern))
    logs = aws("logs")
    logs.create_log_group(logGroupName="/aws/events/alarms")
    group = f"arn:aws:logs:{REGION}:{MANAGEMENT}:log-group:/aws/events/alarms"
    writes = ["logs:CreateLogStream", "logs:PutLogEvents"]
    principal = {"Service": "events.amazonaws.com"}
    logs.put_resource_policy(
        policyName="events", policyDocument=document(writes, f"{group}:*", principal)
    )
    events.put_targets(Rule="alarms", Targets=[{"Id": "one", "Arn": group}])
    ring(aws)
    (entry,) = logs.filter_log_events(logGroupName="/aws/events/alarms")["events"]
    assert json.loads(entry["message"])["resources"] == [ALARM]

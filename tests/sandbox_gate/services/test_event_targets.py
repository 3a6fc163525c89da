"""Targets of EventBridge's rules: an event arrives where AWS would deliver it, and nowhere else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from landfall.sandbox import access
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, Sandbox, trust
from tests.sandbox_gate.judging.test_record import server_of
from tests.sandbox_gate.services.test_lambda import create

RULE = f"arn:aws:events:{REGION}:{MANAGEMENT}:rule/orders"
EVENTS = {"Service": "events.amazonaws.com"}
OF_RULE = {
    "ArnEquals": {"aws:SourceArn": RULE},
    "StringEquals": {"aws:SourceAccount": MANAGEMENT},
}
OF_OTHER_RULE = {"ArnEquals": {"aws:SourceArn": RULE + "-other"}}


def arn_of(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{MANAGEMENT}:{resource}"


def document(action: str | list[str], resource: str, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class Rule:
    """The rule `orders` with one target, and the queue that gets what cannot be delivered."""

    sandbox: Sandbox
    target: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    def send_to(self, arn: str, **target: Any) -> None:
        self.target = {"Id": "one", "Arn": arn, **target}
        self.client("events").put_targets(Rule="orders", Targets=[self.target])

    def put(self, **detail: Any) -> None:
        entry = {"Source": "orders", "DetailType": "Order", "Detail": json.dumps(detail)}
        self.client("events").put_events(Entries=[entry])

    def role(self, name: str, **condition: Any) -> str:
        created = self.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=trust(service="events.amazonaws.com", **condition),
        )
        arn: str = created["Role"]["Arn"]
        return arn

    def allow(self, role: str, action: str | list[str], resource: str) -> None:
        self.client("iam").put_role_policy(
            RoleName=role, PolicyName="own", PolicyDocument=document(action, resource)
        )

    def denials(self) -> list[access.ServiceDenial]:
        return access.services_of(access.read(server_of(self.sandbox)))

    def denied_of(self, role: str) -> list[str]:
        found = access.chosen(access.roles_of(access.read(server_of(self.sandbox))), role)
        return [one.action for one in found[0].denied]

    def failed(self) -> float:
        """Return how many deliveries of the rule failed, as the metric has it."""
        now = datetime.now(UTC)
        found = self.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Events",
            MetricName="FailedInvocations",
            Dimensions=[{"Name": "RuleName", "Value": "orders"}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(each["Sum"] for each in found)


@pytest.fixture
def rule(sandbox: Sandbox) -> Rule:
    sandbox.client("events").put_rule(Name="orders", EventPattern='{"source": ["orders"]}')
    return Rule(sandbox)


def queue(
    rule: Rule, name: str, policy: str = ""
) -> tuple[str, Callable[[], list[dict[str, Any]]]]:
    """Return a new queue's ARN, and what reads its messages."""
    client = rule.client("sqs")
    url = client.create_queue(QueueName=name, Attributes={"Policy": policy} if policy else {})[
        "QueueUrl"
    ]

    def read() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", [])
        for each in found:
            client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found

    return arn_of("sqs", name), read


def admits(rule: Rule, name: str, condition: dict[str, Any]) -> None:
    client = rule.client("sqs")
    policy = document("sqs:SendMessage", arn_of("sqs", name), Principal=EVENTS, Condition=condition)
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def test_queue_gets_events_once_its_policy_admits_the_rule(rule: Rule) -> None:
    arn, messages = queue(rule, "orders")
    rule.send_to(arn)
    rule.put(number=1)
    admits(rule, "orders", OF_OTHER_RULE)
    rule.put(number=2)
    assert messages() == []
    admits(rule, "orders", OF_RULE)
    rule.put(number=3)
    (message,) = messages()
    event = json.loads(message["Body"])
    assert (event["detail"], event["account"]) == ({"number": 3}, MANAGEMENT)
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    (denial,) = rule.denials()
    assert (denial.service, denial.source, denial.times) == ("events.amazonaws.com", RULE, 2)
    assert denial.message == (
        "User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: "
        f"{arn} because no resource-based policy allows the sqs:SendMessage action"
    )
    assert rule.failed() == 2


def test_event_that_is_refused_goes_to_the_dead_letter_queue_that_admits_the_rule(
    rule: Rule,
) -> None:
    arn, _ = queue(rule, "orders")
    lost, messages = queue(rule, "lost")
    rule.send_to(arn, DeadLetterConfig={"Arn": lost})
    rule.put(number=1)
    assert messages() == []
    assert [each.resource for each in rule.denials()] == [lost, arn]
    admits(rule, "lost", OF_RULE)
    rule.put(number=2)
    (message,) = messages()
    assert json.loads(message["Body"])["detail"] == {"number": 2}
    said = {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
    assert (said["RULE_ARN"], said["TARGET_ARN"]) == (RULE, arn)
    assert said["ERROR_CODE"] == "NO_PERMISSIONS"
    assert "not authorized to perform: sqs:SendMessage" in said["ERROR_MESSAGE"]


def test_disabled_rule_delivers_nothing(rule: Rule) -> None:
    arn, messages = queue(rule, "orders")
    admits(rule, "orders", OF_RULE)
    rule.send_to(arn)
    rule.client("events").disable_rule(Name="orders")
    rule.put(number=1)
    assert messages() == []


def test_log_group_gets_events_once_a_resource_policy_admits_the_rule(rule: Rule) -> None:
    logs = rule.client("logs")
    logs.create_log_group(logGroupName="/aws/events/orders")
    group = arn_of("logs", "log-group:/aws/events/orders")
    rule.send_to(group)

    def logged() -> list[str]:
        found = logs.filter_log_events(logGroupName="/aws/events/orders")["events"]
        return [json.loads(each["message"])["detail"]["number"] for each in found]

    def admit(actions: list[str]) -> None:
        policy = document(actions, f"{group}:*", Principal=EVENTS, Condition=OF_RULE)
        logs.put_resource_policy(policyName="events", policyDocument=policy)

    rule.put(number=1)
    admit(["logs:CreateLogStream"])
    rule.put(number=2)
    assert logged() == []
    admit(["logs:CreateLogStream", "logs:PutLogEvents"])
    rule.put(number=3)
    assert logged() == [3]
    assert [each.action for each in rule.denials()] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def _project(rule: Rule) -> Callable[[], int]:
    client = rule.client("codebuild")
    role = rule.client("iam").create_role(
        RoleName="builds", AssumeRolePolicyDocument=trust(service="codebuild.amazonaws.com")
    )["Role"]["Arn"]
    source = {"type": "NO_SOURCE", "buildspec": "version: 0.2"}
    client.create_project(
        name="orders",
        source=source,
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=role,
    )
    return lambda: len(client.list_builds_for_project(projectName="orders")["ids"])


def _machine(rule: Rule) -> Callable[[], int]:
    client = rule.client("stepfunctions")
    role = rule.client("iam").create_role(
        RoleName="steps", AssumeRolePolicyDocument=trust(service="states.amazonaws.com")
    )["Role"]["Arn"]
    steps = {"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}}
    arn = client.create_state_machine(name="orders", definition=json.dumps(steps), roleArn=role)[
        "stateMachineArn"
    ]
    return lambda: len(client.list_executions(stateMachineArn=arn)["executions"])


def _stream(rule: Rule) -> Callable[[], int]:
    client = rule.client("kinesis")
    client.create_stream(StreamName="orders", ShardCount=1)

    def count() -> int:
        shard = client.get_shard_iterator(
            StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )
        return len(client.get_records(ShardIterator=shard["ShardIterator"])["Records"])

    return count


def _bus(rule: Rule) -> Callable[[], int]:
    """Make a bus whose rule hands events on to a queue, and to the default bus."""
    client = rule.client("events")
    bus = client.create_event_bus(Name="shop")["EventBusArn"]
    client.put_rule(Name="all", EventBusName="shop", EventPattern='{"source": ["orders"]}')
    policy = document("sqs:SendMessage", arn_of("sqs", "shop"), Principal=EVENTS)
    arn, messages = queue(rule, "shop", policy)
    default = {"Id": "back", "Arn": arn_of("events", "event-bus/default"), "RoleArn": ""}
    default["RoleArn"] = rule.role("back")
    rule.allow("back", "events:PutEvents", default["Arn"])
    client.put_targets(Rule="all", EventBusName="shop", Targets=[{"Id": "a", "Arn": arn}, default])
    assert bus == arn_of("events", "event-bus/shop")
    found: list[Any] = []

    def count() -> int:
        found.extend(messages())
        return len(found)

    return count


TARGETS = {
    "codebuild:StartBuild": (_project, arn_of("codebuild", "project/orders"), {}),
    "states:StartExecution": (_machine, arn_of("states", "stateMachine:orders"), {}),
    "kinesis:PutRecord": (
        _stream,
        arn_of("kinesis", "stream/orders"),
        {"KinesisParameters": {"PartitionKeyPath": "$.id"}},
    ),
    "events:PutEvents": (_bus, arn_of("events", "event-bus/shop"), {}),
}


@pytest.mark.parametrize("action", TARGETS)
def test_target_with_a_role_needs_its_trust_and_its_permission(rule: Rule, action: str) -> None:
    made, arn, more = TARGETS[action]
    count = made(rule)
    if action == "events:PutEvents":
        rule.send_to(arn)
        rule.put(number=0)
        assert "has no role" in rule.denials()[0].message
    foreign = rule.role("foreign", **OF_OTHER_RULE)
    rule.allow("foreign", action, arn)
    rule.send_to(arn, RoleArn=foreign, **more)
    rule.put(number=1)
    denied = next(each for each in rule.denials() if each.action == "sts:AssumeRole")
    assert (denied.resource, denied.source) == (foreign, RULE)
    sender = rule.role("sender", **OF_RULE)
    rule.send_to(arn, RoleArn=sender, **more)
    rule.put(number=2)
    assert rule.denied_of("sender") == [action]
    assert count() == 0
    rule.allow("sender", action, arn)
    rule.put(number=3)
    assert count() == 1
    assert rule.failed() >= 2


def test_bus_of_another_account_admits_the_role_of_the_sender(
    rule: Rule, aws: Clients, member: str
) -> None:
    bus = f"arn:aws:events:{REGION}:{member}:event-bus/default"
    sender = rule.role("sender")
    rule.allow("sender", "events:PutEvents", bus)
    rule.send_to(bus, RoleArn=sender)
    theirs = aws("events", account=member)
    theirs.put_rule(Name="all", EventPattern='{"source": ["orders"]}')
    arn = f"arn:aws:sqs:{REGION}:{member}:orders"
    policy = document("sqs:SendMessage", arn, Principal=EVENTS)
    client = aws("sqs", account=member)
    url = client.create_queue(QueueName="orders", Attributes={"Policy": policy})["QueueUrl"]
    theirs.put_targets(Rule="all", Targets=[{"Id": "a", "Arn": arn}])
    rule.put(number=1)
    assert "Messages" not in client.receive_message(QueueUrl=url)
    assert rule.denied_of("sender") == ["events:PutEvents"]
    theirs.put_permission(
        EventBusName="default",
        StatementId="sender",
        Action="events:PutEvents",
        Principal=MANAGEMENT,
    )
    rule.put(number=2)
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["account"] == MANAGEMENT


def test_queue_of_another_account_needs_a_role_and_admits_it(
    rule: Rule, aws: Clients, member: str
) -> None:
    client = aws("sqs", account=member)
    arn = f"arn:aws:sqs:{REGION}:{member}:orders"
    policy = document("sqs:SendMessage", arn, Principal="*")
    url = client.create_queue(QueueName="orders", Attributes={"Policy": policy})["QueueUrl"]
    rule.send_to(arn)
    rule.put(number=1)
    assert "Messages" not in client.receive_message(QueueUrl=url)
    rule.send_to(arn, RoleArn=rule.role("sender"))
    rule.allow("sender", "sqs:SendMessage", arn)
    rule.put(number=2)
    assert len(client.receive_message(QueueUrl=url)["Messages"]) == 1


def test_function_runs_once_its_policy_admits_the_rule(rule: Rule, aws: Clients) -> None:
    client = create(aws, "def handle(event, context): print(event['detail'])")
    rule.allow("f", "logs:*", "*")
    rule.send_to(arn_of("lambda", "function:f"))
    rule.put(number=1)
    assert [each.action for each in rule.denials()] == ["lambda:InvokeFunction"]
    client.add_permission(
        FunctionName="f",
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=RULE,
    )
    rule.put(number=2)
    assert printed(rule.client("logs")) == ["{'number': 2}"]


def printed(logs: Any) -> list[str]:
    """Return what the function printed, once it ran: it does so after the event's request."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/f")["logGroups"]:
            lines = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
            found = [each["message"] for each in lines if "number" in each["message"]]
            if found:
                return found
        time.sleep(0.05)
    raise AssertionError("the function did not run")

"""Alarms, notifications, traces and secrets of applications, against mocks."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.delivery import events
from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]
TEAM = "11111111-2222-3333-4444-555555555555"
HUB, TARGET = "222222222222", "333333333333"


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    config = copy.deepcopy(CONFIG)
    applications = config["landfall:delivery"]["applications"]
    applications["orders"] |= {
        "environments": {"prod": {"account": "orders"}},
        "observability": {
            "notify": ["orders@example.com", "oncall@example.com"],
            "events": ["failed", "approval", "rollback", "build-failed"],
            "errors": 7,
            "chat": {
                "slack": {"workspace": "T0123", "channel": "C0123"},
                "teams": {"tenant": TEAM, "team": TEAM, "channel": "19%3aabc%40thread.tacv2"},
            },
            "tracing": {"percent": 20, "perSecond": 2},
        },
        "secrets": {
            "token": {"variable": "REGISTRY_TOKEN"},
            "profile": {"variable": "PROFILE", "store": "parameter"},
            "database": {
                "readers": ["service/orders"],
                "rotation": {"function": "rotate", "days": 7},
            },
        },
    }
    applications["site"]["observability"] = {"notify": ["web@example.com"]}
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def _statements(registered: Registered, token: str, name: str, key: str) -> dict[str, Any]:
    found = registered.document(token, name, key)["Statement"]
    return {statement["Sid"]: statement for statement in found}


def test_pipelines_and_builds_have_alarms(registered: Registered) -> None:
    alarms = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    named = {alarm["name"]: alarm for alarm in alarms.values()}
    failed, slow = named["orders-prod-failed"], named["orders-prod-build-slow"]
    assert (failed["namespace"], failed["metricName"]) == (
        "AWS/CodePipeline",
        "FailedPipelineExecutions",
    )
    # CodeBuild ends a build after 60 minutes; three quarters of that are too long.
    assert (slow["metricName"], slow["threshold"]) == ("Duration", 45 * 60)
    topic = f"arn:aws:sns:eu-west-1:{HUB}:orders-notifications"
    assert slow["alarmActions"] == [topic]
    assert failed["alarmActions"] == [], "an event tells of it already"
    errors = named["orders-prod-errors"]
    assert (errors["threshold"], errors["alarmActions"]) == (7, [topic])
    assert named["site-prod-build-slow"]["alarmActions"] == [
        f"arn:aws:sns:eu-west-1:{HUB}:site-notifications"
    ]


def test_topic_accepts_only_the_exact_rules_and_alarms(registered: Registered) -> None:
    topic = registered.of("aws:sns/topic:Topic")["orders-observability"]
    assert topic["kmsMasterKeyId"].endswith("key-delivery-delivery-eu-west-1")
    policy = _statements(
        registered, "aws:sns/topicPolicy:TopicPolicy", "orders-observability", "policy"
    )
    assert policy["Events"]["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:eu-west-1:{HUB}:rule/orders-{kind}"
        for kind in ("failed", "approval", "rollback", "build-failed")
    ]
    sources = policy["Alarms"]["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert f"arn:aws:cloudwatch:eu-west-1:{TARGET}:alarm:orders-prod-errors" in sources
    assert f"arn:aws:cloudwatch:eu-west-1:{HUB}:alarm:orders-prod-build-slow" in sources
    assert {s["Action"][0] for s in policy.values()} == {"sns:Publish"}
    assert not [source for source in sources if "*" in source]
    subscribed = registered.of("aws:sns/topicSubscription:TopicSubscription").values()
    assert {each["endpoint"] for each in subscribed} == {
        "orders@example.com",
        "oncall@example.com",
        "web@example.com",
    }


def test_key_allows_events_by_topic_and_alarms_by_account(registered: Registered) -> None:
    policy = _statements(registered, "aws:kms/key:Key", "delivery-delivery-eu-west-1", "policy")
    names = ("orders-notifications", "orders-chat", "site-notifications")
    topics = [f"arn:aws:sns:eu-west-1:{HUB}:{name}" for name in names]
    context = {"kms:EncryptionContext:aws:sns:topicArn": topics}
    # SNS: source conditions are not supported for events to encrypted topics.
    assert policy["EventsToTopics"]["Condition"] == {"ArnEquals": context}
    alarms = policy["AlarmsToTopics"]["Condition"]
    assert alarms["StringEquals"] == {"aws:SourceAccount": [HUB, TARGET]}
    assert "kms:Decrypt" not in policy["AdministrationByThisAccount"]["Action"]


@pytest.mark.parametrize(
    ("kind", "source", "detail"),
    [
        ("failed", "aws.codepipeline", {"pipeline": ["a", "b"], "state": ["FAILED"]}),
        ("succeeded", "aws.codepipeline", {"pipeline": ["a", "b"], "state": ["SUCCEEDED"]}),
        (
            "approval",
            "aws.codepipeline",
            {"pipeline": ["a", "b"], "state": ["STARTED"], "type": {"category": ["Approval"]}},
        ),
        (
            "build-failed",
            "aws.codebuild",
            {
                "project-name": ["a", "b"],
                "build-status": ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"],
            },
        ),
    ],
)
def test_event_pattern_matches_its_kind_and_pipelines(
    kind: str, source: str, detail: dict[str, Any]
) -> None:
    pattern = json.loads(events.pattern(kind, ["b", "a"]))
    assert (pattern["source"], pattern["detail"]) == ([source], detail)


@pytest.mark.parametrize("kind", ["failed", "succeeded", "approval", "build-failed", "rollback"])
def test_message_template_uses_each_of_its_paths(kind: str) -> None:
    message = events.message(kind)
    text = json.loads(message["input_template"])
    assert all(f"<{name}>" in text for name in message["input_paths"])
    assert text.count("<") == len(message["input_paths"])


def test_chat_channels_get_messages_in_chat_format(registered: Registered) -> None:
    (slack,) = registered.of("SlackChannelConfiguration").values()
    (teams,) = registered.of("TeamsChannelConfiguration").values()
    assert (slack["slackTeamId"], slack["slackChannelId"]) == ("T0123", "C0123")
    assert (teams["tenantId"], teams["teamId"]) == (TEAM, TEAM)
    topics = [f"arn:aws:sns:eu-west-1:{HUB}:orders-{each}" for each in ("notifications", "chat")]
    for channel in (slack, teams):
        assert channel["snsTopicArns"] == topics
        # Chatbot's own default is AdministratorAccess.
        assert channel["guardrailPolicyArns"] == [
            "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
        ]
    targets = registered.of("aws:cloudwatch/eventTarget:EventTarget")
    kinds = ("failed", "approval", "rollback", "build-failed")
    for kind in kinds:
        target = targets[f"orders-observability-{kind}-chat"]
        assert target["arn"] == topics[1]
        template = json.loads(target["inputTransformer"]["inputTemplate"])
        assert (template["version"], template["source"]) == ("1.0", "custom")
        assert "<" in template["content"]["description"]
    policy = _statements(
        registered, "aws:sns/topicPolicy:TopicPolicy", "orders-observability-chat", "policy"
    )
    assert policy["Events"]["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:eu-west-1:{HUB}:rule/orders-{kind}" for kind in kinds
    ]
    trust = _statements(
        registered, "aws:iam/role:Role", "orders-observability-chat", "assumeRolePolicy"
    )
    condition = trust["OnlyForTheseChannels"]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": HUB}
    assert condition["ArnLike"]["aws:SourceArn"].endswith(":chat-configuration/*/orders-chat")


def test_pull_requests_of_a_codecommit_repository_are_notified(registered: Registered) -> None:
    rules = registered.of("NotificationRule")
    assert list(rules) == ["site-observability"]
    assert rules["site-observability"]["resource"] == f"arn:aws:codecommit:eu-west-1:{HUB}:site"


def test_each_application_has_a_dashboard(registered: Registered) -> None:
    dashboards = registered.of("aws:cloudwatch/dashboard:Dashboard")
    assert {each["dashboardName"] for each in dashboards.values()} == {
        "landfall-orders",
        "landfall-site",
    }
    body = json.loads(dashboards["orders-observability"]["dashboardBody"])
    alarm, *graphs = body["widgets"]
    assert len(alarm["properties"]["alarms"]) == 4
    metrics = {graph["properties"]["metrics"][0][1] for graph in graphs}
    assert metrics == {"FailedPipelineExecutions", "PipelineDuration", "FailedBuilds", "Duration"}


def test_traces_are_sampled_and_encrypted_in_the_target_accounts(
    registered: Registered,
) -> None:
    (rule,) = registered.of("aws:xray/samplingRule:SamplingRule").values()
    assert (rule["fixedRate"], rule["reservoirSize"], rule["serviceName"]) == (0.2, 2, "orders")
    (group,) = registered.of("aws:xray/group:Group").values()
    assert group["filterExpression"] == 'service("orders")'
    (encryption,) = registered.of("aws:xray/encryptionConfig:EncryptionConfig").values()
    assert encryption["type"] == "KMS"
    assert encryption["keyId"].endswith("key-orders-delivery-eu-west-1")
    policy = _statements(registered, "aws:iam/policy:Policy", "orders-prod-workload", "policy")
    assert "xray:PutTraceSegments" in policy["WriteTraces"]["Action"]
    assert policy["ReadSecrets"]["Resource"] == [
        f"arn:aws:secretsmanager:eu-west-1:{TARGET}:secret:orders/prod/database-??????"
    ]


def test_builds_get_secrets_by_reference_and_may_read_no_others(registered: Registered) -> None:
    project = registered.of("aws:codebuild/project:Project")["orders-prod"]
    assert project["environment"]["environmentVariables"] == [
        {"name": "PROFILE", "value": "/orders/profile", "type": "PARAMETER_STORE"},
        {"name": "REGISTRY_TOKEN", "value": "orders/token", "type": "SECRETS_MANAGER"},
    ]
    policy = _statements(registered, "aws:iam/rolePolicy:RolePolicy", "orders-prod-build", "policy")
    assert policy["ReadSecrets"]["Resource"] == [
        f"arn:aws:secretsmanager:eu-west-1:{HUB}:secret:orders/token-??????"
    ]
    assert policy["ReadParameters"]["Resource"] == [
        f"arn:aws:ssm:eu-west-1:{HUB}:parameter/orders/profile"
    ]
    assert policy["DecryptSecrets"]["Condition"]["StringEquals"]["kms:ViaService"] == [
        "secretsmanager.eu-west-1.amazonaws.com",
        "ssm.eu-west-1.amazonaws.com",
    ]
    other = _statements(registered, "aws:iam/rolePolicy:RolePolicy", "site-prod-build", "policy")
    assert not {"ReadSecrets", "ReadParameters", "DecryptSecrets"} & set(other)


def test_secrets_have_a_key_readers_and_rotation_and_no_value(registered: Registered) -> None:
    secrets = registered.of("aws:secretsmanager/secret:Secret")
    assert {each["name"] for each in secrets.values()} == {"orders/token", "orders/prod/database"}
    assert {each["kmsKeyId"].split("key-")[1] for each in secrets.values()} == {
        "delivery-delivery-eu-west-1",
        "orders-delivery-eu-west-1",
    }
    assert not [r for r in registered.resources if r.typ.endswith(("SecretVersion", "Parameter"))]
    policy = _statements(
        registered,
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "orders-prod-database",
        "policy",
    )
    assert policy["ExactReaders"]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{TARGET}:role/service/orders"
    ]
    (rotation,) = registered.of("aws:secretsmanager/secretRotation:SecretRotation").values()
    assert rotation["rotationRules"] == {"automaticallyAfterDays": 7}
    assert rotation["rotateImmediately"] is False

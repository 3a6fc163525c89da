"""Names and sizes of the components' resources that AWS refuses, each with one that it accepts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust

_ALARM: dict[str, Any] = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1.0,
}
_NOTIFICATION: dict[str, Any] = {
    "Resource": f"arn:aws:codebuild:eu-west-1:{MANAGEMENT}:project/orders",
    "EventTypeIds": ["codebuild-project-build-state-failed"],
    "Targets": [],
    "DetailType": "FULL",
}


@pytest.mark.parametrize(
    ("service", "operation", "member", "rest", "good", "bad"),
    [
        ("xray", "create_group", "GroupName", {}, "g" * 32, "g" * 33),
        ("codestar-notifications", "create_notification_rule", "Name", _NOTIFICATION,
         "orders-prod", "orders.prod"),
        ("cloudwatch", "put_metric_alarm", "AlarmName", _ALARM, "a" * 255, "a" * 256),
        ("events", "put_rule", "Name", {"ScheduleExpression": "rate(1 day)"}, "r" * 64, "r" * 65),
        ("logs", "create_log_group", "logGroupName", {}, "/aws/orders", "orders logs"),
        ("sns", "create_topic", "Name", {}, "orders-prod", "orders.prod"),
        ("codedeploy", "create_application", "applicationName", {}, "a" * 100, "a" * 101),
        ("ecr", "create_repository", "repositoryName", {}, "orders/web", "Orders"),
    ],
)  # fmt: skip
def test_a_name_of_another_form_is_refused(
    sandbox: Sandbox,
    service: str,
    operation: str,
    member: str,
    rest: dict[str, Any],
    good: str,
    bad: str,
) -> None:
    call = getattr(sandbox.client(service, validate=False), operation)
    assert error_of(call, **{member: bad}, **rest)[0]
    call(**{member: good}, **rest)


def test_a_build_project_has_no_dot_in_its_name(sandbox: Sandbox) -> None:
    role = sandbox.client("iam").create_role(
        RoleName="build", AssumeRolePolicyDocument=trust(service="codebuild.amazonaws.com")
    )["Role"]["Arn"]
    project: dict[str, Any] = {
        "source": {"type": "CODEPIPELINE"},
        "artifacts": {"type": "CODEPIPELINE"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        "serviceRole": role,
    }
    client = sandbox.client("codebuild", validate=False)
    assert error_of(client.create_project, name="orders.prod", **project)[0]
    assert error_of(client.create_project, name="o" * 151, **project)[0]
    assert client.create_project(name="orders-prod_1", **project)


def _padded(size: int, **statement: Any) -> str:
    """Return a policy of exactly so many bytes."""
    base = {"Sid": "", "Effect": "Allow", **statement}
    empty = json.dumps({"Version": "2012-10-17", "Statement": [base]})
    base["Sid"] = "S" * (size - len(empty))
    return json.dumps({"Version": "2012-10-17", "Statement": [base]})


def test_a_bucket_policy_has_20_kb(aws: Clients) -> None:
    s3 = aws("s3")
    s3.create_bucket(
        Bucket="orders-site", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    owner = {
        "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::orders-site/*",
    }
    s3.put_bucket_policy(Bucket="orders-site", Policy=_padded(20 * 1024, **owner))
    code, _ = error_of(
        s3.put_bucket_policy, Bucket="orders-site", Policy=_padded(20 * 1024 + 1, **owner)
    )
    assert code == "PolicyTooLarge"


def test_a_key_policy_has_32_kb(aws: Clients) -> None:
    kms = aws("kms")
    owner = {
        "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    kms.create_key(Policy=_padded(32 * 1024, **owner))
    code, _ = error_of(kms.create_key, Policy=_padded(32 * 1024 + 1, **owner))
    assert code == "LimitExceededException"

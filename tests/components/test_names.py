"""Names in the shipped stacks have a form and length that AWS accepts.

The bounds are those of AWS's own service models, as its SDK for Python carries them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest

from tests.components.conftest import Registered

NAMES = [
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardName", "cloudwatch", "DashboardName"),
    ("aws:cloudwatch/eventRule:EventRule", "name", "events", "RuleName"),
    ("aws:cloudwatch/logGroup:LogGroup", "name", "logs", "LogGroupName"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "name", "cloudwatch", "AlarmName"),
    ("aws:codebuild/project:Project", "name", "codebuild", "ProjectName"),
    ("aws:codebuild/reportGroup:ReportGroup", "name", "codebuild", "ReportGroupName"),
    ("aws:codedeploy/application:Application", "name", "codedeploy", "ApplicationName"),
    (
        "aws:codedeploy/deploymentGroup:DeploymentGroup",
        "deploymentGroupName",
        "codedeploy",
        "DeploymentGroupName",
    ),
    ("aws:codepipeline/pipeline:Pipeline", "name", "codepipeline", "PipelineName"),
    (
        "aws:codestarnotifications/notificationRule:NotificationRule",
        "name",
        "codestar-notifications",
        "NotificationRuleName",
    ),
    ("aws:iam/policy:Policy", "name", "iam", "policyNameType"),
    ("aws:iam/role:Role", "name", "iam", "roleNameType"),
    ("aws:xray/group:Group", "groupName", "xray", "GroupName"),
]


@functools.cache
def bounds_of(service: str, shape: str) -> dict[str, Any]:
    """Return the constraints of a shape of a service model."""
    model = botocore.session.get_session().get_service_model(service)
    bounds: dict[str, Any] = model.shape_for(shape).metadata
    return bounds


def misfits(service: str, shape: str, name: str) -> Iterator[str]:
    """Yield the constraints of a service model's shape that a name violates."""
    bounds = bounds_of(service, shape)
    if not bounds.get("min", 1) <= len(name) <= bounds.get("max", len(name)):
        yield f"{name} has {len(name)} characters"
    if (pattern := bounds.get("pattern")) and not re.fullmatch(pattern.rstrip("$"), name):
        yield f"{name} has not the form {pattern}"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_names_of_a_shipped_stack_are_valid_for_aws(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    registered, seen = shipped(stack), set()
    for type_, member, service, shape in NAMES:
        for inputs in registered.of(type_).values():
            seen.add(type_)
            assert list(misfits(service, shape, inputs[member])) == []
    assert {"aws:codebuild/project:Project", "aws:iam/role:Role"} <= seen


@pytest.mark.parametrize(
    ("service", "shape", "good", "bad"),
    [
        ("codebuild", "ProjectName", "orders-prod", "orders.prod"),
        ("codestar-notifications", "NotificationRuleName", "orders-prod", "orders.prod"),
        ("codestar-notifications", "NotificationRuleName", "o" * 64, "o" * 65),
        ("xray", "GroupName", "g" * 32, "g" * 33),
        ("cloudwatch", "AlarmName", "a" * 255, "a" * 256),
        ("events", "RuleName", "r" * 64, "r" * 65),
        ("logs", "LogGroupName", "/aws/l", "with space"),
    ],
)
def test_name_that_aws_refuses_is_found(service: str, shape: str, good: str, bad: str) -> None:
    assert list(misfits(service, shape, good)) == []
    assert list(misfits(service, shape, bad)) != []

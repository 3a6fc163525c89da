"""Delivery APIs that the emulator lacks or implements wrongly."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust

TAGS = [{"Key": "team", "Value": "orders"}]


def _role(aws: Clients, service: str) -> str:
    made = aws("iam").create_role(
        RoleName=service.split(".")[0], AssumeRolePolicyDocument=trust(service=service)
    )
    arn: str = made["Role"]["Arn"]
    return arn


@pytest.mark.parametrize("name", ["codeconnections", "codestar-connections"])
def test_connections(aws: Clients, name: str) -> None:
    client = aws(name)
    arn = client.create_connection(ConnectionName="github", ProviderType="GitHub", Tags=TAGS)[
        "ConnectionArn"
    ]
    assert arn.startswith(f"arn:aws:{name}:eu-west-1:{MANAGEMENT}:connection/")
    connection = client.get_connection(ConnectionArn=arn)["Connection"]
    assert (connection["ConnectionName"], connection["ConnectionStatus"]) == ("github", "PENDING")
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == TAGS
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "more", "Value": "x"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "more", "Value": "x"}]
    other = {"codeconnections", "codestar-connections"} - {name}
    assert aws(other.pop()).get_connection(ConnectionArn=arn)["Connection"]
    assert aws(name, region="us-east-1").list_connections()["Connections"] == []
    assert len(client.list_connections(ProviderTypeFilter="GitHub")["Connections"]) == 1
    client.delete_connection(ConnectionArn=arn)
    assert error_of(client.get_connection, ConnectionArn=arn)[0] == "ResourceNotFoundException"


def test_hosts(aws: Clients) -> None:
    client = aws("codeconnections")
    host = client.create_host(
        Name="own",
        ProviderType="GitHubEnterpriseServer",
        ProviderEndpoint="https://git.example.com",
    )["HostArn"]
    arn = client.create_connection(ConnectionName="own", HostArn=host)["ConnectionArn"]
    assert client.get_host(HostArn=host)["Name"] == "own"
    assert error_of(client.delete_host, HostArn=host)[0] == "ResourceUnavailableException"
    client.delete_connection(ConnectionArn=arn)
    client.delete_host(HostArn=host)
    assert client.list_hosts()["Hosts"] == []


def _project(role: str, **members: Any) -> dict[str, Any]:
    return {
        "name": "build",
        "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2"},
        "artifacts": {"type": "CODEPIPELINE"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        "serviceRole": role,
    } | members


def test_projects_of_pipelines(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    tags = [{"key": "team", "value": "orders"}]
    key = f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/1"
    client.create_project(**_project(role, encryptionKey=key, tags=tags, concurrentBuildLimit=1))
    made = client.batch_get_projects(names=["build"])["projects"][0]
    assert (made["encryptionKey"], made["concurrentBuildLimit"]) == (key, 1)
    assert made["tags"] == tags
    assert isinstance(made["created"], datetime)
    client.update_project(name="build", description="changed", timeoutInMinutes=20)
    changed = client.batch_get_projects(names=["build"])["projects"][0]
    assert (changed["description"], changed["timeoutInMinutes"]) == ("changed", 20)
    assert changed["encryptionKey"] == key
    code, _ = error_of(client.create_project, **_project(role))
    assert code == "ResourceAlreadyExistsException"
    code, _ = error_of(client.update_project, name="absent")
    assert code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "members",
    [
        {"source": {"type": "S3"}, "artifacts": {"type": "NO_ARTIFACTS"}},
        {"source": {"type": "NO_SOURCE"}, "artifacts": {"type": "NO_ARTIFACTS"}},
        {"artifacts": {"type": "S3", "location": "bucket"}},
        {"serviceRole": f"arn:aws:iam::{MANAGEMENT}:role/Absent"},
        {"serviceRole": "arn:aws:iam::999999999999:role/Theirs"},
        {"buildBatchConfig": {"serviceRole": f"arn:aws:iam::{MANAGEMENT}:role/Absent"}},
        {"cache": {"type": "S3"}},
        {"cache": {"type": "LOCAL"}},
    ],
)
def test_projects_that_are_refused(aws: Clients, members: dict[str, Any]) -> None:
    role = _role(aws, "codebuild.amazonaws.com")
    code, _ = error_of(aws("codebuild").create_project, **_project(role, **members))
    assert code == "InvalidInputException"


@pytest.mark.parametrize(
    ("image", "kind", "taken"),
    [
        ("aws/codebuild/amazonlinux-aarch64-standard:3.0", "ARM_CONTAINER", True),
        ("aws/codebuild/amazonlinux-aarch64-standard:3.0", "LINUX_CONTAINER", False),
        ("aws/codebuild/amazonlinux2-aarch64-standard:2.0", "LINUX_CONTAINER", False),
        ("aws/codebuild/amazonlinux-x86_64-standard:5.0", "ARM_CONTAINER", False),
        ("aws/codebuild/windows-base:2022-1.0", "LINUX_CONTAINER", False),
        ("aws/codebuild/amazonlinux-x86_64-lambda-standard:go1.21", "LINUX_CONTAINER", False),
        ("public.ecr.aws/docker/library/python:3.13", "ARM_CONTAINER", True),
    ],
)
def test_a_curated_image_runs_on_its_own_environment_types(
    aws: Clients, image: str, kind: str, taken: bool
) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    environment = {"type": kind, "image": image, "computeType": "BUILD_GENERAL1_SMALL"}
    if taken:
        client.create_project(**_project(role, environment=environment))
        return
    expected = (
        "InvalidInputException",
        f"AWS CodeBuild curated image {image} is not supported for projects with environment type "
        f"{kind} and compute type BUILD_GENERAL1_SMALL",
    )
    assert error_of(client.create_project, **_project(role, environment=environment)) == expected
    client.create_project(**_project(role))
    assert error_of(client.update_project, name="build", environment=environment) == expected


def test_role_that_does_not_trust_codebuild_is_refused(aws: Clients) -> None:
    role = _role(aws, "lambda.amazonaws.com")
    code, message = error_of(aws("codebuild").create_project, **_project(role))
    assert code == "InvalidInputException"
    assert "sts:AssumeRole" in message


def test_report_groups(aws: Clients) -> None:
    client = aws("codebuild")
    export = {"exportConfigType": "NO_EXPORT"}
    made = client.create_report_group(name="tests", type="TEST", exportConfig=export)
    arn = made["reportGroup"]["arn"]
    bucket = {"exportConfigType": "S3", "s3Destination": {"bucket": "reports"}}
    client.update_report_group(arn=arn, exportConfig=bucket)
    found = client.batch_get_report_groups(reportGroupArns=[arn])["reportGroups"][0]
    assert found["exportConfig"] == bucket
    nowhere = {"exportConfigType": "S3"}
    code, _ = error_of(client.update_report_group, arn=arn, exportConfig=nowhere)
    assert code == "InvalidInputException"
    assert client.list_report_groups()["reportGroups"] == [arn]
    client.delete_report_group(arn=arn)
    assert client.list_report_groups()["reportGroups"] == []


def test_deployment_groups(aws: Clients) -> None:
    client, role = aws("codedeploy"), _role(aws, "codedeploy.amazonaws.com")
    client.create_application(applicationName="orders", computePlatform="Lambda")
    asked = {"enabled": True, "alarms": [{"name": "errors"}]}
    alarms = {**asked, "ignorePollAlarmFailure": False}
    client.create_deployment_group(
        applicationName="orders",
        deploymentGroupName="prod",
        serviceRoleArn=role,
        deploymentConfigName="CodeDeployDefault.LambdaCanary10Percent5Minutes",
        alarmConfiguration=asked,
    )
    where = {"applicationName": "orders", "deploymentGroupName": "prod"}
    found = client.get_deployment_group(**where)["deploymentGroupInfo"]
    assert found["alarmConfiguration"] == alarms
    assert "blueGreenDeploymentConfiguration" not in found
    current = {"applicationName": "orders", "currentDeploymentGroupName": "prod"}
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    client.update_deployment_group(**current, autoRollbackConfiguration=rollback)
    found = client.get_deployment_group(**where)["deploymentGroupInfo"]
    assert found["autoRollbackConfiguration"] == rollback
    assert found["alarmConfiguration"] == alarms
    many = {"enabled": True, "alarms": [{"name": f"a{number}"} for number in range(11)]}
    code, _ = error_of(client.update_deployment_group, **current, alarmConfiguration=many)
    assert code == "AlarmsLimitExceededException"
    wrong = f"arn:aws:iam::{MANAGEMENT}:role/Absent"
    code, _ = error_of(client.update_deployment_group, **current, serviceRoleArn=wrong)
    assert code == "InvalidRoleException"
    client.delete_deployment_group(**where)
    code, _ = error_of(client.get_deployment_group, **where)
    assert code == "DeploymentGroupDoesNotExistException"
    client.update_application(applicationName="orders", newApplicationName="billing")
    client.delete_application(applicationName="billing")
    assert client.list_applications()["applications"] == []


def test_deployment_configurations(aws: Clients) -> None:
    client = aws("codedeploy")
    routing = {
        "type": "TimeBasedCanary",
        "timeBasedCanary": {"canaryPercentage": 20, "canaryInterval": 3},
    }
    params = {"computePlatform": "Lambda", "trafficRoutingConfig": routing}
    client.create_deployment_config(deploymentConfigName="careful", **params)
    found = client.get_deployment_config(deploymentConfigName="careful")["deploymentConfigInfo"]
    assert found["trafficRoutingConfig"] == routing
    assert "careful" in client.list_deployment_configs()["deploymentConfigsList"]
    own = client.get_deployment_config(
        deploymentConfigName="CodeDeployDefault.LambdaLinear10PercentEvery2Minutes"
    )["deploymentConfigInfo"]["trafficRoutingConfig"]
    assert own["timeBasedLinear"] == {"linearPercentage": 10, "linearInterval": 2}
    client.delete_deployment_config(deploymentConfigName="careful")
    code, _ = error_of(client.get_deployment_config, deploymentConfigName="careful")
    assert code == "DeploymentConfigDoesNotExistException"


def test_repositories(aws: Clients) -> None:
    client = aws("codecommit")
    made = client.create_repository(repositoryName="orders", tags={"team": "orders"})
    metadata = made["repositoryMetadata"]
    assert isinstance(metadata["creationDate"], datetime)
    assert client.list_tags_for_resource(resourceArn=metadata["Arn"])["tags"] == {"team": "orders"}
    client.update_repository_description(repositoryName="orders", repositoryDescription="all")
    found = client.get_repository(repositoryName="orders")["repositoryMetadata"]
    assert found["repositoryDescription"] == "all"
    client.update_repository_name(oldName="orders", newName="sales")
    assert [each["repositoryName"] for each in client.list_repositories()["repositories"]] == [
        "sales"
    ]
    code, _ = error_of(client.get_repository, repositoryName="orders")
    assert code == "RepositoryDoesNotExistException"


def _rule(**members: Any) -> str:
    pool = [f"arn:aws:sts::{MANAGEMENT}:assumed-role/reviewer/*"]
    statement = {"Type": "Approvers", "NumberOfApprovalsNeeded": 2, "ApprovalPoolMembers": pool}
    content = {"Version": "2018-11-08", "DestinationReferences": ["refs/heads/main"]}
    return json.dumps({**content, "Statements": [{**statement, **members}]})


@pytest.mark.parametrize(
    "content",
    [
        "two approve",
        "[]",
        '{"Version": "2018-11-08"}',
        _rule().replace("2018-11-08", "2012-10-17"),
        _rule().replace("refs/heads/main", "main"),
        _rule(NumberOfApprovalsNeeded=0),
        _rule(Type="Reviewers"),
        _rule(ApprovalPoolMembers=["landfall/reviewer"]),
        _rule(ApprovalPoolMembers=["*"] * 101),
    ],
)
def test_contents_of_templates_that_are_refused(aws: Clients, content: str) -> None:
    client = aws("codecommit")
    code, _ = error_of(
        client.create_approval_rule_template,
        approvalRuleTemplateName="wrong",
        approvalRuleTemplateContent=content,
    )
    assert code == "InvalidApprovalRuleTemplateContentException"
    client.create_approval_rule_template(
        approvalRuleTemplateName="right", approvalRuleTemplateContent=_rule()
    )
    code, _ = error_of(
        client.update_approval_rule_template_content,
        approvalRuleTemplateName="right",
        newRuleContent=content,
    )
    assert code == "InvalidApprovalRuleTemplateContentException"


def test_approval_rule_templates_over_the_limit_are_refused(aws: Clients) -> None:
    client = aws("codecommit")
    client.create_repository(repositoryName="orders")
    codes = []
    for number in range(26):
        name = {"approvalRuleTemplateName": f"rule-{number}"}
        client.create_approval_rule_template(**name, approvalRuleTemplateContent=_rule())
        try:
            client.associate_approval_rule_template_with_repository(**name, repositoryName="orders")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert codes == ["MaximumRuleTemplatesAssociatedWithRepositoryException"]


def test_approval_rule_templates(aws: Clients) -> None:
    client = aws("codecommit")
    client.create_repository(repositoryName="orders")
    client.create_approval_rule_template(
        approvalRuleTemplateName="two", approvalRuleTemplateContent=_rule()
    )
    described = client.update_approval_rule_template_description(
        approvalRuleTemplateName="two", approvalRuleTemplateDescription="Two approve"
    )["approvalRuleTemplate"]
    assert described["approvalRuleTemplateDescription"] == "Two approve"
    both = {"approvalRuleTemplateName": "two", "repositoryName": "orders"}
    client.associate_approval_rule_template_with_repository(**both)
    listed = client.list_associated_approval_rule_templates_for_repository(repositoryName="orders")
    assert listed["approvalRuleTemplateNames"] == ["two"]
    code, _ = error_of(client.delete_approval_rule_template, approvalRuleTemplateName="two")
    assert code == "ApprovalRuleTemplateInUseException"
    client.disassociate_approval_rule_template_from_repository(**both)
    client.delete_approval_rule_template(approvalRuleTemplateName="two")
    assert client.list_approval_rule_templates()["approvalRuleTemplateNames"] == []


def test_xray(aws: Clients) -> None:
    client = aws("xray")
    group = client.create_group(GroupName="orders", FilterExpression="fault", Tags=TAGS)["Group"]
    arn = group["GroupARN"]
    client.update_group(GroupARN=arn, InsightsConfiguration={"InsightsEnabled": True})
    found = client.get_group(GroupName="orders")["Group"]
    assert found["InsightsConfiguration"]["InsightsEnabled"] is True
    assert found["FilterExpression"] == "fault"
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    client.delete_group(GroupARN=arn)
    assert error_of(client.get_group, GroupName="orders")[0] == "InvalidRequestException"
    rule = {
        **{"RuleName": "all", "Priority": 1, "FixedRate": 0.1, "ReservoirSize": 1, "Version": 1},
        **dict.fromkeys(("ServiceName", "ServiceType", "Host", "HTTPMethod"), "*"),
        **dict.fromkeys(("URLPath", "ResourceARN"), "*"),
    }
    client.create_sampling_rule(SamplingRule=rule)
    client.update_sampling_rule(SamplingRuleUpdate={"RuleName": "all", "FixedRate": 0.5})
    record = client.get_sampling_rules()["SamplingRuleRecords"][0]
    assert record["SamplingRule"]["FixedRate"] == 0.5
    assert isinstance(record["ModifiedAt"], datetime)
    client.delete_sampling_rule(RuleName="all")
    assert client.get_encryption_config()["EncryptionConfig"]["Type"] == "NONE"
    client.put_encryption_config(Type="KMS", KeyId="alias/x")
    assert client.get_encryption_config()["EncryptionConfig"]["KeyId"] == "alias/x"


def test_a_recorder_keeps_its_mode(aws: Clients) -> None:
    client = aws("config")
    document = trust(service="config.amazonaws.com")
    aws("iam").create_role(RoleName="config", AssumeRolePolicyDocument=document)
    recorder = {
        "name": "default",
        "roleARN": f"arn:aws:iam::{MANAGEMENT}:role/config",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        "recordingMode": {"recordingFrequency": "DAILY"},
    }
    client.put_configuration_recorder(ConfigurationRecorder=recorder)
    found = client.describe_configuration_recorders()["ConfigurationRecorders"][0]
    assert found["recordingMode"] == {"recordingFrequency": "DAILY"}
    assert "exclusionByResourceTypes" not in found["recordingGroup"]


def test_event_bridge_in_a_buckets_notifications(aws: Clients) -> None:
    s3 = aws("s3", region="us-east-1")
    s3.create_bucket(Bucket="sends-events")
    put = s3.put_bucket_notification_configuration
    put(Bucket="sends-events", NotificationConfiguration={"EventBridgeConfiguration": {}})
    found = s3.get_bucket_notification_configuration(Bucket="sends-events")
    assert found["EventBridgeConfiguration"] == {}
    put(Bucket="sends-events", NotificationConfiguration={})
    found = s3.get_bucket_notification_configuration(Bucket="sends-events")
    assert "EventBridgeConfiguration" not in found

"""Calls judged by the caller's own policies: each kind refuses, and allows once it is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of
from tests.sandbox_gate.judging.callers import ADMINISTRATOR, Roles, document

TOPIC = f"arn:aws:sns:eu-west-1:{MANAGEMENT}:orders"
READING = {"Action": "codepipeline:ListPipelines"}


@pytest.fixture
def roles(sandbox: Sandbox) -> Roles:
    return Roles(sandbox)


def test_role_without_policy_is_refused_until_it_has_one(roles: Roles) -> None:
    roles.create("reader")
    pipelines = roles.client("reader", "codepipeline")
    code, message = error_of(pipelines.list_pipelines)
    assert code == "AccessDeniedException"
    assert message == (
        f"User: {roles.session('reader')} is not authorized to perform: "
        "codepipeline:ListPipelines on resource: * because no identity-based policy allows the "
        "codepipeline:ListPipelines action"
    )
    roles.allow("reader", READING)
    assert pipelines.list_pipelines()["pipelines"] == []
    roles.iam.delete_role_policy(RoleName="reader", PolicyName="own")
    assert error_of(pipelines.list_pipelines)[0] == "AccessDeniedException"


def test_role_with_an_exact_policy_may_do_only_that(roles: Roles) -> None:
    orders = f"arn:aws:codecommit:eu-west-1:{MANAGEMENT}:orders"
    roles.create("builder", {"Action": "codecommit:*", "Resource": orders})
    repositories = roles.client("builder", "codecommit")
    assert repositories.create_repository(repositoryName="orders")
    code, message = error_of(repositories.create_repository, repositoryName="other")
    assert code == "AccessDeniedException"
    assert f"codecommit:CreateRepository on resource: {orders[:-6]}other because" in message
    assert repositories.get_repository(repositoryName="orders")


def test_refused_call_changes_nothing(roles: Roles, aws: Clients) -> None:
    roles.create("reader", {"Action": "s3:ListAllMyBuckets"})
    buckets = roles.client("reader", "s3", region="us-east-1")
    code, message = error_of(buckets.create_bucket, Bucket="refused-bucket")
    assert code == "AccessDenied"
    assert 's3:CreateBucket on resource: "arn:aws:s3:::refused-bucket"' in message
    assert aws("s3").list_buckets()["Buckets"] == []
    assert buckets.list_buckets()["Buckets"] == []


def test_explicit_deny_in_any_identity_policy_wins(roles: Roles) -> None:
    roles.create("builder", {}, {"Effect": "Deny", "Action": "kms:ListKeys"})
    assert roles.client("builder", "kms").list_aliases()
    code, message = error_of(roles.client("builder", "kms").list_keys)
    assert code == "AccessDeniedException"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_permissions_boundary_limits_a_role_until_it_allows(roles: Roles) -> None:
    made = roles.iam.create_policy(
        PolicyName="boundary", PolicyDocument=document({"Action": "sns:*"})
    )["Policy"]["Arn"]
    roles.create("bounded", {}, PermissionsBoundary=made)
    assert roles.client("bounded", "sns").list_topics()
    pipelines = roles.client("bounded", "codepipeline")
    assert error_of(pipelines.list_pipelines)[1].endswith(
        "because no permissions boundary allows the codepipeline:ListPipelines action"
    )
    wider = {"PolicyArn": made, "PolicyDocument": document({}), "SetAsDefault": True}
    roles.iam.create_policy_version(**wider)
    assert pipelines.list_pipelines()
    denying = document({}, {"Effect": "Deny", "Action": "codepipeline:*"})
    roles.iam.create_policy_version(**wider | {"PolicyDocument": denying})
    assert error_of(pipelines.list_pipelines)[1].endswith(
        f"with an explicit deny in a permissions boundary: {made}"
    )


def test_session_policy_limits_only_its_session(roles: Roles) -> None:
    roles.create("builder", {})
    limited = roles.client("builder", "codepipeline", Policy=document({"Action": "sns:*"}))
    assert error_of(limited.list_pipelines)[1].endswith(
        "because no session policy allows the codepipeline:ListPipelines action"
    )
    assert roles.client("builder", "codepipeline").list_pipelines()
    by_arn = [{"arn": "arn:aws:iam::aws:policy/AmazonSNSFullAccess"}]
    managed = {"PolicyArns": by_arn}
    assert roles.client("builder", "sns", **managed).list_topics()
    assert error_of(roles.client("builder", "kms", **managed).list_keys)[0] == (
        "AccessDeniedException"
    )


def test_session_policy_that_is_no_policy_is_malformed(roles: Roles) -> None:
    roles.create("builder", {})
    code, _ = error_of(roles.client, "builder", "sns", Policy="{}")
    assert code == "MalformedPolicyDocument"


def test_user_has_the_policies_of_its_groups(sandbox: Sandbox, roles: Roles) -> None:
    roles.iam.create_user(UserName="ada")
    key = roles.iam.create_access_key(UserName="ada")["AccessKey"]
    keys = (key["AccessKeyId"], key["SecretAccessKey"], None)
    topics = sandbox.client("sns", keys=keys)
    code, message = error_of(topics.list_topics)
    assert code == "AuthorizationError"
    assert message.startswith(f"User: arn:aws:iam::{MANAGEMENT}:user/ada is not authorized")
    roles.iam.create_group(GroupName="admins")
    roles.iam.attach_group_policy(GroupName="admins", PolicyArn=ADMINISTRATOR)
    roles.iam.add_user_to_group(GroupName="admins", UserName="ada")
    assert topics.list_topics()


def test_tags_of_role_and_session_are_compared(roles: Roles) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "orders"}}
    roles.create("tagged", READING | {"Condition": condition})
    pipelines = roles.client("tagged", "codepipeline")
    assert error_of(pipelines.list_pipelines)[0] == "AccessDeniedException"
    roles.iam.tag_role(RoleName="tagged", Tags=[{"Key": "team", "Value": "orders"}])
    assert pipelines.list_pipelines()


def test_tags_that_a_request_must_set_are_compared(roles: Roles) -> None:
    untagged = {"Null": {"aws:RequestTag/owner": "true"}}
    roles.create("maker", {}, {"Effect": "Deny", "Action": "kms:CreateKey", "Condition": untagged})
    keys = roles.client("maker", "kms")
    assert "explicit deny" in error_of(keys.create_key)[1]
    assert keys.create_key(Tags=[{"TagKey": "owner", "TagValue": "ada"}])


def test_tags_of_a_new_task_definition_need_a_permission(roles: Roles) -> None:
    container = {"name": "web", "image": "example/web:1", "memory": 128}
    definition: dict[str, Any] = {"family": "web", "containerDefinitions": [container]}
    tagged = {**definition, "tags": [{"key": "team", "value": "orders"}]}
    roles.create("deployer", {"Action": "ecs:RegisterTaskDefinition"})
    ecs = roles.client("deployer", "ecs")
    assert ecs.register_task_definition(**definition)
    message = error_of(ecs.register_task_definition, **tagged)[1]
    new = f"arn:aws:ecs:eu-west-1:{MANAGEMENT}:task-definition/web:*"
    assert f"ecs:TagResource on resource: {new} because" in message
    only = {"StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}}
    permitted = {"Effect": "Allow", "Action": "ecs:TagResource", "Condition": only}
    roles.allow("deployer", {"Action": "ecs:RegisterTaskDefinition"}, permitted)
    made = ecs.register_task_definition(**tagged)["taskDefinition"]["taskDefinitionArn"]
    # What exists already is not tagged by creating it.
    code, _ = error_of(ecs.tag_resource, resourceArn=made, tags=tagged["tags"])
    assert code == "AccessDeniedException"


def test_region_outside_the_allowed_ones_is_refused(roles: Roles) -> None:
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    roles.create("regional", {}, {"Effect": "Deny", "Condition": elsewhere})
    assert roles.client("regional", "kms").list_keys()
    assert "explicit deny" in error_of(roles.client("regional", "kms", "eu-north-1").list_keys)[1]
    # A global service is reached in us-east-1.
    assert roles.client("regional", "iam", "eu-north-1").list_roles()


def test_key_that_the_gate_does_not_know_does_not_refuse(roles: Roles) -> None:
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    roles.create("remote", {}, {"Effect": "Deny", "Condition": elsewhere})
    assert roles.client("remote", "kms").list_keys()


def test_role_that_may_not_be_passed_refuses_the_call(roles: Roles, aws: Clients) -> None:
    service = {
        "Effect": "Allow",
        "Principal": {"Service": "codebuild.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trusting = json.dumps({"Version": "2012-10-17", "Statement": [service]})
    passed: str = roles.iam.create_role(RoleName="build", AssumeRolePolicyDocument=trusting)[
        "Role"
    ]["Arn"]
    roles.create("maker", {"Action": "codebuild:*"})
    project: dict[str, Any] = {
        "name": "orders",
        "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        "serviceRole": passed,
    }
    builds = roles.client("maker", "codebuild")
    assert (
        f"iam:PassRole on resource: {passed} because"
        in error_of(builds.create_project, **project)[1]
    )
    passing = {"Action": "iam:PassRole", "Resource": passed}
    other = {"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}
    roles.allow("maker", {"Action": "codebuild:*"}, passing | other)
    assert "iam:PassRole" in error_of(builds.create_project, **project)[1]
    roles.allow("maker", {"Action": "codebuild:*"}, passing)
    assert builds.create_project(**project)
    assert aws("codebuild").list_projects()["projects"] == ["orders"]


def test_ec2_refuses_with_its_own_code_and_words(roles: Roles) -> None:
    roles.create("reader")
    code, message = error_of(roles.client("reader", "ec2").get_ebs_encryption_by_default)
    assert code == "UnauthorizedOperation"
    assert message.startswith("You are not authorized to perform this operation. User: arn:aws:sts")

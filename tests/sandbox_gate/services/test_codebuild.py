"""Projects and builds that CodeBuild refuses, each beside one that it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import Clients, error_of
from tests.sandbox_gate.services.test_delivery_additions import _project, _role

_LAMBDA = "aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13"
_NETWORK = {
    "vpcId": "vpc-0123456789abcdef0",
    "subnets": ["subnet-0123456789abcdef0"],
    "securityGroupIds": ["sg-0123456789abcdef0"],
}
_REGISTRY = {"credential": "registry", "credentialProvider": "SECRETS_MANAGER"}


def _environment(**members: Any) -> dict[str, Any]:
    linux = {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    }
    return linux | members


_ON_LAMBDA = _environment(
    type="LINUX_LAMBDA_CONTAINER", image=_LAMBDA, computeType="BUILD_LAMBDA_2GB"
)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"environment": _ON_LAMBDA, "timeoutInMinutes": 15},
         "Cannot specify timeoutInMinutes for lambda compute"),
        ({"environment": _ON_LAMBDA, "queuedTimeoutInMinutes": 5},
         "Cannot specify queuedTimeoutInMinutes for lambda compute"),
        ({"environment": _ON_LAMBDA | {"privilegedMode": True}}, "privilegedMode"),
        ({"environment": _ON_LAMBDA, "vpcConfig": _NETWORK}, "vpcConfig"),
        ({"environment": _ON_LAMBDA, "cache": {"type": "S3", "location": "cache"}}, "cache"),
        ({"environment": _environment(computeType="BUILD_LAMBDA_1GB")}, "Invalid compute type"),
        ({"environment": _environment(type="LINUX_GPU_CONTAINER",
                                      computeType="BUILD_GENERAL1_MEDIUM")}, "compute type"),
        ({"environment": _environment(type="LINUX_EC2")}, "with a fleet only"),
        ({"environment": _environment(imagePullCredentialsType="SERVICE_ROLE")}, "CODEBUILD"),
        ({"environment": _environment(image="registry.example.com/a:1",
                                      registryCredential=_REGISTRY)}, "SERVICE_ROLE"),
        ({"cache": {"type": "LOCAL", "modes": ["LOCAL_DOCKER_LAYER_CACHE"]}}, "privileged"),
        ({"cache": {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}, "vpcConfig": _NETWORK},
         "a VPC"),
        ({"vpcConfig": _NETWORK | {"subnets": [f"subnet-{n}" for n in range(17)]}}, "subnets"),
        ({"vpcConfig": _NETWORK | {"securityGroupIds": [f"sg-{n}" for n in range(6)]}},
         "securityGroupIds"),
    ],
)  # fmt: skip
def test_combination_that_codebuild_refuses_is_refused(
    aws: Clients, members: dict[str, Any], text: str
) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    code, message = error_of(client.create_project, **_project(role, **members))
    assert code == "InvalidInputException"
    assert text in message


def test_project_on_lambda_compute_is_created_and_changed(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    client.create_project(**_project(role, environment=_ON_LAMBDA))
    client.update_project(name="build", description="changed")
    # An update is judged with what it leaves as it is.
    code, _ = error_of(client.update_project, name="build", vpcConfig=_NETWORK)
    assert code == "InvalidInputException"


def test_project_in_a_vpc_needs_a_role_that_finds_it(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    wanted = _project(role, vpcConfig=_NETWORK)
    assert error_of(client.create_project, **wanted) == (
        "InvalidInputException",
        "Not authorized to perform DescribeSecurityGroups",
    )
    find = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
    statement = {"Effect": "Allow", "Action": find, "Resource": "*"}
    aws("iam").put_role_policy(
        RoleName="codebuild",
        PolicyName="network",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    made = client.create_project(**wanted)["project"]
    assert made["vpcConfig"]["vpcId"] == _NETWORK["vpcId"]


def test_private_image_is_pulled_with_the_service_role(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    environment = _environment(
        image="registry.example.com/builder:1",
        imagePullCredentialsType="SERVICE_ROLE",
        registryCredential=_REGISTRY,
    )
    made = client.create_project(**_project(role, environment=environment))["project"]
    assert made["environment"]["registryCredential"] == _REGISTRY


def test_account_runs_one_build_at_a_time(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    client.create_project(**_project(role))
    client.create_project(**_project(role, name="other"))
    build = client.start_build(projectName="build")["build"]["id"]
    for name in ("build", "other"):
        assert error_of(client.start_build, projectName=name) == (
            "AccountLimitExceededException",
            "Cannot have more than 1 builds in queue for the account",
        )
    assert client.batch_get_builds(ids=[build])["builds"][0]["buildStatus"] == "SUCCEEDED"
    client.start_build(projectName="other")


def test_project_cannot_run_more_builds_than_the_account(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    assert error_of(client.create_project, **_project(role, concurrentBuildLimit=2)) == (
        "InvalidInputException",
        "Project-level concurrent build limit cannot exceed the account-level concurrent build "
        "limit of 1.",
    )
    client.create_project(**_project(role, concurrentBuildLimit=1))


def test_project_deleted_by_its_arn_can_be_created_again(aws: Clients) -> None:
    client, role = aws("codebuild"), _role(aws, "codebuild.amazonaws.com")
    arn = client.create_project(**_project(role))["project"]["arn"]
    client.delete_project(name=arn)
    assert client.batch_get_projects(names=["build"])["projects"] == []
    client.create_project(**_project(role))

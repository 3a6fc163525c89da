"""A service role that names one resource trusts its service only for that resource."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.sandbox_gate.conftest import MANAGEMENT, Clients

REGION = "eu-west-1"


def _role(aws: Clients, name: str, project: str) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["codebuild.amazonaws.com"]},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": MANAGEMENT},
                    "ArnEquals": {
                        "aws:SourceArn": (
                            f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:project/{project}"
                        )
                    },
                },
            }
        ],
    }
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(role["Role"]["Arn"])


def _create(aws: Clients, project: str, role: str) -> None:
    aws("codebuild").create_project(
        name=project,
        serviceRole=role,
        source={"type": "CODEPIPELINE"},
        artifacts={"type": "CODEPIPELINE"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
    )


def test_project_that_the_role_names_is_created(aws: Clients) -> None:
    _create(aws, "named", _role(aws, "named", "named"))


def test_another_project_cannot_use_the_role(aws: Clients) -> None:
    role = _role(aws, "of-another", "another")
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        _create(aws, "stranger", role)

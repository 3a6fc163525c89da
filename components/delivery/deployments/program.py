"""`pulumi up` of an application's own program, in a build that acts as the deploy role.

The build stands in the delivery account beside the pipeline; all it may do by itself is to read its
artifacts, write its logs, and assume the deploy roles of its own pipeline.
"""

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery import roles
from components.delivery.deployments.arguments import (
    DeploymentArgs,
    DeploymentTargetArgs,
    arn,
)
from components.documents import document, statement

# The AWS SDKs read the profile; the build's own role is what the container's credentials are.
_BUILDSPEC = {
    "version": 0.2,
    "env": {"shell": "bash"},
    "phases": {
        "build": {
            "commands": [
                'mkdir -p "$HOME/.aws"',
                "printf '[profile target]\\nrole_arn = %s\\nregion = %s\\n"
                "credential_source = EcsContainer\\n'"
                ' "$DEPLOY_ROLE" "$DEPLOY_REGION" > "$HOME/.aws/config"',
                "export AWS_PROFILE=target",
                'cd "$PROGRAM"',
                'pulumi login "$BACKEND?region=$DEPLOY_REGION"',
                "pulumi install",
                'pulumi stack select "$STACK" --create'
                ' --secrets-provider "awskms://alias/$KEY?region=$DEPLOY_REGION"',
                'pulumi up --stack "$STACK" --yes --non-interactive',
            ]
        }
    },
}


def deploy(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    """Return what the deploy role needs: the program's permissions, its state and its key."""
    deployment = args["deployment"]
    bucket, _, prefix = deployment["backend"].removeprefix("s3://").partition("/")
    bucket_arn = f"arn:{args.get('partition', 'aws')}:s3:::{bucket}"
    objects = f"{bucket_arn}/{prefix}/*" if prefix else f"{bucket_arn}/*"
    return [
        *deployment.get("permissions", []),
        statement(
            "State",
            actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            resources=[objects],
        ),
        statement("FindState", actions=["s3:ListBucket"], resources=[bucket_arn]),
        statement(
            "StateKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[arn(args, "kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": [f"alias/{deployment['key']}"]}
            },
        ),
    ]


def make_runner(
    parent: pulumi.Resource,
    name: str,
    place: roles.Place,
    deployment: DeploymentArgs,
    *,
    role_name: str,
    pipeline_name: str,
    bucket_arn: pulumi.Input[str],
    key_arn: pulumi.Input[str],
    deploy_role_arns: Sequence[pulumi.Input[str]],
) -> aws.codebuild.Project:
    """Make the build that runs the program, with its role and its encrypted logs."""
    child = pulumi.ResourceOptions(parent=parent)
    project_name, log_group = f"{pipeline_name}-pulumi", f"/landfall/build/{pipeline_name}-pulumi"
    role = aws.iam.Role(
        f"{name}-pulumi",
        name=role_name,
        path="/landfall/",
        description=f"Runs the Pulumi program of pipeline {pipeline_name}",
        assume_role_policy=document(
            [
                roles.service_trust(
                    "codebuild",
                    place.account_id,
                    [place.arn("codebuild", f"project/{project_name}")],
                )
            ]
        ),
        opts=child,
    )
    group = aws.cloudwatch.LogGroup(
        f"{name}-pulumi",
        name=log_group,
        kms_key_id=key_arn,
        retention_in_days=place.log_days,
        region=place.region,
        opts=child,
    )
    granted = aws.iam.RolePolicy(
        f"{name}-pulumi",
        name="pulumi",
        role=role.name,
        policy=document(
            [
                statement(
                    "WriteLogs",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[place.arn("logs", f"log-group:{log_group}:*")],
                ),
                statement(
                    "ActInTargets", actions=["sts:AssumeRole"], resources=list(deploy_role_arns)
                ),
                *roles.use_artifacts(pipeline_name, bucket_arn, key_arn),
            ]
        ),
        opts=child,
    )
    variables = {
        "BACKEND": deployment["backend"],
        "KEY": deployment["key"],
        "PROGRAM": deployment.get("directory", "."),
        "STACK": deployment["name"],
    }
    return aws.codebuild.Project(
        f"{name}-pulumi",
        name=project_name,
        description=f"Runs pulumi up for {pipeline_name}",
        service_role=role.arn,
        encryption_key=key_arn,
        build_timeout=120,
        # A second update of the stack would only wait for the lock of its state.
        concurrent_build_limit=1,
        artifacts={"type": "CODEPIPELINE"},
        source={"type": "CODEPIPELINE", "buildspec": json.dumps(_BUILDSPEC)},
        environment={
            "type": "LINUX_CONTAINER",
            "image": deployment["image"],
            "compute_type": "BUILD_GENERAL1_SMALL",
            "environment_variables": [
                {"name": key, "value": value, "type": "PLAINTEXT"}
                for key, value in sorted(variables.items())
            ],
        },
        logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": group.name}},
        region=place.region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[granted]),
    )

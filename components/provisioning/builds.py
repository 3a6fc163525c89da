"""The builds of the stack's own pipelines: each runs one target of the Makefile.

A build reads the sources of its own pipeline, and writes what it makes beside them, never over
them. What it does in the organization it does as a role of the management account.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.artifacts import KEY_USE
from components.delivery.roles import Place, service_trust
from components.documents import document, statement
from landfall.settings import naming

SOURCE, PLAN, REPORT = "Source", "Plan", "Report"

_AS_ROLE = [
    'mkdir -p "$HOME/.aws"',
    "printf '[profile provisioning]\\nrole_arn = %s\\nregion = %s\\n"
    "credential_source = EcsContainer\\n'"
    ' "$ROLE_ARN" "$AWS_REGION" > "$HOME/.aws/config"',
    "export AWS_PROFILE=provisioning",
]


@dataclass(frozen=True)
class Store:
    """The artifact store."""

    bucket_name: pulumi.Input[str]
    bucket_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


@dataclass(frozen=True)
class Build:
    """One build: `reads` and `writes` are artifacts, `role_arn` is what it acts as, if anything.

    `exports` are variables that later actions get, and `after` the commands that set them.
    """

    pipeline: str
    part: str
    description: str
    command: str
    reads: Sequence[str]
    writes: str = ""
    folder: str = ""
    role_arn: pulumi.Input[str] | None = None
    exports: Sequence[str] = ()
    after: Sequence[str] = ()
    variables: dict[str, pulumi.Input[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the project and of its role."""
        return f"{self.pipeline}-{self.part}"

    @property
    def log_group(self) -> str:
        """The log group."""
        return f"/landfall/build/{self.name}"


def buildspec(build: Build) -> dict[str, Any]:
    """Return the build specification; it stands in the project, where no commit can change it."""
    env: dict[str, Any] = {"shell": "bash"}
    if build.exports:
        env["exported-variables"] = list(build.exports)
    acting = _AS_ROLE if build.role_arn is not None else []
    spec: dict[str, Any] = {
        "version": 0.2,
        "env": env,
        "phases": {
            "install": {"commands": ["make setup"]},
            "build": {"commands": [*acting, build.command, *build.after]},
        },
    }
    if build.writes:
        spec["artifacts"] = {"base-directory": build.folder, "files": ["**/*"]}
    return spec


def make(
    parent: pulumi.Resource, name: str, place: Place, store: Store, image: str, build: Build
) -> aws.codebuild.Project:
    """Make a build with its role and its encrypted logs."""
    child = pulumi.ResourceOptions(parent=parent)
    logical = f"{name}-{build.name}"
    role = aws.iam.Role(
        logical,
        name=build.name,
        path=f"/{naming.ROLE_PATH}",
        description=build.description,
        assume_role_policy=document(
            [
                service_trust(
                    "codebuild", place.account_id, [place.arn("codebuild", f"project/{build.name}")]
                )
            ]
        ),
        opts=child,
    )
    group = aws.cloudwatch.LogGroup(
        logical,
        name=build.log_group,
        kms_key_id=store.key_arn,
        retention_in_days=place.log_days,
        region=place.region,
        opts=child,
    )
    granted = aws.iam.RolePolicy(
        logical,
        name="build",
        role=role.name,
        policy=document(_permissions(place, store, build)),
        opts=child,
    )
    return aws.codebuild.Project(
        logical,
        name=build.name,
        description=build.description,
        service_role=role.arn,
        encryption_key=store.key_arn,
        build_timeout=120,
        artifacts={"type": "CODEPIPELINE"},
        source={
            "type": "CODEPIPELINE",
            "buildspec": json.dumps(buildspec(build), separators=(",", ":")),
        },
        environment={
            "type": "LINUX_CONTAINER",
            "image": image,
            "compute_type": "BUILD_GENERAL1_MEDIUM",
            "environment_variables": [
                {"name": key, "value": value, "type": "PLAINTEXT"}
                for key, value in sorted(build.variables.items())
            ],
        },
        logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": group.name}},
        region=place.region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[granted]),
        # A second update of a stack would only wait for the lock of its state.
        **({"concurrent_build_limit": 1} if build.part == "apply" else {}),
    )


def _permissions(place: Place, store: Store, build: Build) -> list[dict[str, Any]]:
    prefix = naming.artifact_prefix(build.pipeline)

    def objects(artifacts: Sequence[str]) -> list[pulumi.Input[str]]:
        return [
            pulumi.Output.concat(store.bucket_arn, f"/{prefix}/{each[:10]}/*") for each in artifacts
        ]

    statements = [
        statement(
            "WriteLogs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[place.arn("logs", f"log-group:{build.log_group}:*")],
        ),
        statement(
            "ReadArtifacts",
            actions=["s3:GetObject", "s3:GetObjectVersion"],
            resources=objects(build.reads),
        ),
        statement(
            "FindBucket",
            actions=["s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[store.bucket_arn],
        ),
        statement("UseKey", actions=KEY_USE, resources=[store.key_arn]),
    ]
    if build.writes:
        statements.append(
            statement("WriteArtifact", actions=["s3:PutObject"], resources=objects([build.writes]))
        )
    if build.role_arn is not None:
        statements.append(
            statement("ActInOrganization", actions=["sts:AssumeRole"], resources=[build.role_arn])
        )
    return statements

"""CodeBuild projects that stand in a pipeline, and what their roles need beside their own work."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery.roles import Place, service_trust
from components.documents import document, statement


class ProjectArgs(TypedDict):
    """What makes a project."""

    project_name: str
    """The project's name."""
    description: str
    """What it does."""
    role_arn: pulumi.Input[str]
    """The role that it runs with."""
    key_arn: pulumi.Input[str]
    """The key of its artifacts."""
    image: str
    """CodeBuild's image."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type; the smallest where left out."""
    privileged: NotRequired[bool]
    """Run the container privileged."""
    buildspec: pulumi.Input[str]
    """The build specification, or its path in the sources."""
    variables: list[dict[str, Any]]
    """Environment variables, as CodeBuild takes them."""
    timeout_minutes: int
    """CodeBuild ends it after this time."""
    log_group: pulumi.Input[str]
    """The log group."""
    log_stream: NotRequired[str]
    """The first part of its log streams' names."""
    cache: NotRequired[dict[str, Any]]
    """Where it keeps its cache, as CodeBuild takes it."""
    batch_role_arn: NotRequired[pulumi.Input[str]]
    """The role that starts the builds of a batch; it is no batch where left out."""


def make_project(
    name: str, args: ProjectArgs, region: str, opts: pulumi.ResourceOptions
) -> aws.codebuild.Project:
    """Make a project that takes its sources from a pipeline."""
    logs: dict[str, Any] = {"status": "ENABLED", "group_name": args["log_group"]}
    if "log_stream" in args:
        logs["stream_name"] = args["log_stream"]
    more: dict[str, Any] = {}
    if "cache" in args:
        more["cache"] = args["cache"]
    if "batch_role_arn" in args:
        more["build_batch_config"] = {
            "service_role": args["batch_role_arn"],
            "combine_artifacts": True,
            "timeout_in_mins": args["timeout_minutes"],
        }
    return aws.codebuild.Project(
        name,
        name=args["project_name"],
        description=args["description"],
        service_role=args["role_arn"],
        encryption_key=args["key_arn"],
        build_timeout=args["timeout_minutes"],
        artifacts={"type": "CODEPIPELINE"},
        source={"type": "CODEPIPELINE", "buildspec": args["buildspec"]},
        environment={
            "type": "LINUX_CONTAINER",
            "image": args["image"],
            "compute_type": args.get("compute_type", "BUILD_GENERAL1_SMALL"),
            "privileged_mode": args.get("privileged", False),
            "environment_variables": args["variables"],
        },
        logs_config={"cloudwatch_logs": logs},
        region=region,
        opts=opts,
        **more,
    )


def plain_variables(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return variables in the open, as CodeBuild takes them."""
    return [
        {"name": key, "value": value, "type": "PLAINTEXT"} for key, value in sorted(values.items())
    ]


def make_role(
    name: str,
    role_name: str,
    description: str,
    place: Place,
    projects: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.Role:
    """Make a role that CodeBuild takes for these projects and no others."""
    arns = [place.arn("codebuild", f"project/{project}") for project in projects]
    return aws.iam.Role(
        name,
        name=role_name,
        path="/landfall/",
        description=description,
        assume_role_policy=document([service_trust("codebuild", place.account_id, arns)]),
        opts=opts,
    )


def make_batch_role(
    name: str,
    role_name: str,
    place: Place,
    projects: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Make the role that starts the builds of a batch, with what it may do.

    A role of its own, so that a build by itself starts no other.
    https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
    """
    role = make_role(name, role_name, "Starts the builds of batches", place, projects, opts)
    granted = aws.iam.RolePolicy(
        name,
        name="batch",
        role=role.name,
        policy=document(
            [
                statement(
                    "StartTheBuildsOfABatch",
                    actions=["codebuild:RetryBuild", "codebuild:StartBuild", "codebuild:StopBuild"],
                    resources=[place.arn("codebuild", f"project/{each}") for each in projects],
                )
            ]
        ),
        opts=opts,
    )
    return role, granted


def write_logs(place: Place, log_group: str, streams: str = "*") -> dict[str, Any]:
    """Return the statement with which a role writes its log streams."""
    resource = f"log-group:{log_group}:*"
    if streams != "*":
        resource = f"log-group:{log_group}:log-stream:{streams}/*"
    return statement(
        "WriteLogs",
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[place.arn("logs", resource)],
    )

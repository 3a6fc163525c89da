"""CodeBuild projects that run in a pipeline, and their log groups."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.computing import ComputingArgs, environment, limits
from landfall.blueprint.places import Place


class ProjectArgs(TypedDict):
    """The arguments of a project."""

    project_name: str
    """The project's name."""
    description: str
    """The description."""
    role_arn: pulumi.Input[str]
    """The service role."""
    key_arn: pulumi.Input[str]
    """The key of its artifacts."""
    image: str
    """CodeBuild's image."""
    architecture: NotRequired[str]
    """`x86_64` (default) or `arm64`, for an image that is not CodeBuild's own."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type. Default: the smallest."""
    computing: NotRequired[ComputingArgs]
    """What it runs on, besides image and compute type."""
    privileged: NotRequired[bool]
    """Run the container privileged."""
    buildspec: pulumi.Input[str]
    """The buildspec, or its path in the sources."""
    variables: list[dict[str, Any]]
    """Environment variables in CodeBuild's format."""
    timeout_minutes: int
    """CodeBuild stops it after this time."""
    log_group: pulumi.Input[str]
    """The log group."""
    log_stream: NotRequired[str]
    """The prefix of its log streams."""
    cache: NotRequired[dict[str, Any]]
    """The cache, in CodeBuild's format."""
    batch_role_arn: NotRequired[pulumi.Input[str]]
    """The role that starts the builds of a batch. Default: no batch."""
    batch_minutes: NotRequired[int]
    """CodeBuild stops a batch after this time. Default: that of a build."""
    batch_builds: NotRequired[int]
    """The most builds of a batch, all of this compute type. Default: CodeBuild's limits."""
    one_at_a_time: NotRequired[bool]
    """Run one build at a time."""


def make_project(
    name: str, args: ProjectArgs, region: str, opts: pulumi.ResourceOptions
) -> aws.codebuild.Project:
    """Create a project that gets its sources from a pipeline."""
    logs: dict[str, Any] = {"status": "ENABLED", "group_name": args["log_group"]}
    if "log_stream" in args:
        logs["stream_name"] = args["log_stream"]
    computing = args.get("computing", {})
    size = args.get("compute_type", "BUILD_GENERAL1_SMALL")
    more = limits(args["timeout_minutes"], size, computing)
    if args.get("one_at_a_time"):
        more["concurrent_build_limit"] = 1
    container: dict[str, Any] = (
        {"privileged_mode": args["privileged"]} if "privileged" in args else {}
    )
    if "cache" in args:
        more["cache"] = args["cache"]
    if "batch_role_arn" in args:
        more["build_batch_config"] = _batch(args, args["batch_role_arn"], size)
    return aws.codebuild.Project(
        name,
        name=args["project_name"],
        description=args["description"],
        service_role=args["role_arn"],
        encryption_key=args["key_arn"],
        artifacts={"type": "CODEPIPELINE"},
        source={"type": "CODEPIPELINE", "buildspec": args["buildspec"]},
        environment={
            **environment(args["image"], args.get("architecture"), size, computing),
            "environment_variables": args["variables"],
            **container,
        },
        logs_config={"cloudwatch_logs": logs},
        region=region,
        opts=opts,
        **more,
    )


def _batch(args: ProjectArgs, role_arn: pulumi.Input[str], size: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "service_role": role_arn,
        "combine_artifacts": True,
        "timeout_in_mins": args.get("batch_minutes", args["timeout_minutes"]),
    }
    if "batch_builds" in args:
        config["restrictions"] = {
            "compute_types_alloweds": [size],
            "maximum_builds_allowed": args["batch_builds"],
        }
    return config


def make_log_group(
    name: str,
    group: str,
    key_arn: pulumi.Input[str],
    place: Place,
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogGroup:
    """Make an encrypted log group, which keeps its logs as long as its place says."""
    return aws.cloudwatch.LogGroup(
        name,
        name=group,
        kms_key_id=key_arn,
        retention_in_days=place.log_days,
        region=place.region,
        opts=opts,
    )


def plain_variables(values: Mapping[str, pulumi.Input[str]]) -> list[dict[str, Any]]:
    """Return plaintext variables in CodeBuild's format."""
    return [
        {"name": key, "value": value, "type": "PLAINTEXT"} for key, value in sorted(values.items())
    ]

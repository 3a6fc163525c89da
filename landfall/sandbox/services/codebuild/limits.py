"""CodeBuild: the service role must exist and trust CodeBuild."""

from __future__ import annotations

import json

from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class InvalidInputError(AWSError):
    """An input that CodeBuild refuses: CodeBuild API Reference, CreateProject."""

    code = "InvalidInputException"


@limit("codebuild", "CreateProject", "UpdateProject")
def service_roles(request: Request) -> None:
    """CodeBuild User Guide, 'Troubleshooting': not authorized to perform sts:AssumeRole."""
    batch = request.params.get("buildBatchConfig", {}).get("serviceRole")
    for arn in (request.params.get("serviceRole"), batch):
        if arn is not None:
            _require_role(request, arn)


def _require_role(request: Request, arn: str) -> None:
    if f":iam::{request.account}:" not in arn:
        raise InvalidInputError(
            "Invalid service role: Service role account ID does not match caller's account"
        )
    role = find_role(arn)
    project = f"project/{request.params['name']}"
    source = request.arn("codebuild", project)
    builder = service("codebuild.amazonaws.com", request.account, source)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), builder):
        raise InvalidInputError(f"CodeBuild is not authorized to perform: sts:AssumeRole on {arn}")


# CodeBuild User Guide, 'Docker images provided by CodeBuild' and 'Build environment compute modes'.
_CURATED = (
    ("windows-base:2019", {"WINDOWS_CONTAINER", "WINDOWS_SERVER_2019_CONTAINER", "WINDOWS_EC2"}),
    ("windows-base:2022", {"WINDOWS_SERVER_2022_CONTAINER", "WINDOWS_EC2"}),
    ("macos-arm-base:", {"MAC_ARM"}),
    ("amazonlinux-x86_64-lambda-standard:", {"LINUX_LAMBDA_CONTAINER"}),
    ("amazonlinux-aarch64-lambda-standard:", {"ARM_LAMBDA_CONTAINER"}),
    ("amazonlinux-aarch64-standard:", {"ARM_CONTAINER", "ARM_EC2"}),
    ("amazonlinux2-aarch64-standard:", {"ARM_CONTAINER", "ARM_EC2"}),
    ("", {"LINUX_CONTAINER", "LINUX_GPU_CONTAINER", "LINUX_EC2"}),
)


@limit("codebuild", "CreateProject", "UpdateProject")
def curated_images(request: Request) -> None:
    """CodeBuild User Guide, 'Docker images provided by CodeBuild': each runs on its own types.

    The wording is CodeBuild's: https://github.com/aws/copilot-cli/issues/3110.
    """
    environment = request.params.get("environment", {})
    image, kind = environment.get("image", ""), environment.get("type")
    if not image.startswith("aws/codebuild/"):
        return
    name = image.removeprefix("aws/codebuild/")
    types = next(types for prefix, types in _CURATED if name.startswith(prefix))
    if kind not in types:
        raise InvalidInputError(
            f"AWS CodeBuild curated image {image} is not supported for projects with environment "
            f"type {kind} and compute type {environment.get('computeType')}"
        )


@limit("codebuild", "CreateProject", "UpdateProject")
def caches(request: Request) -> None:
    """CodeBuild API Reference, ProjectCache: a bucket for S3, modes for LOCAL."""
    cache = request.params.get("cache", {})
    if cache.get("type") == "S3" and not cache.get("location"):
        raise InvalidInputError("Invalid cache: location is required for cache type S3")
    if cache.get("type") == "LOCAL" and not cache.get("modes"):
        raise InvalidInputError("Invalid cache: modes are required for cache type LOCAL")


@limit("codebuild", "CreateReportGroup", "UpdateReportGroup")
def exports(request: Request) -> None:
    """CodeBuild API Reference, ReportExportConfig: S3 takes a bucket."""
    config = request.params.get("exportConfig", {})
    if config.get("exportConfigType") == "S3" and not config.get("s3Destination", {}).get("bucket"):
        raise InvalidInputError("Invalid export config: a bucket is required for type S3")

"""CodeBuild: roles, what a project may combine, caches, reports, and builds at a time."""

from __future__ import annotations

import json

from moto.codebuild.models import CodeBuildBackend, codebuild_backends

from landfall.aws.codebuild.combinations import Project, refusals
from landfall.sandbox.across_services.permissions import may
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class InvalidInputError(AWSError):
    """An input that CodeBuild refuses: CodeBuild API Reference, CreateProject."""

    code = "InvalidInputException"


class AccountLimitExceededError(AWSError):
    """A quota of the account: CodeBuild API Reference, StartBuild."""

    code = "AccountLimitExceededException"


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


@limit("codebuild", "CreateProject", "UpdateProject")
def combinations(request: Request) -> None:
    """What a project may combine; the documents are those of each check of `refusals`."""
    wanted = _wanted(request)
    for refusal in refusals(wanted) if wanted is not None else ():
        raise InvalidInputError(refusal.error)


def _wanted(request: Request) -> Project | None:
    """Return the project after the request: what an update does not send stays as it is.

    None is a project that does not exist.
    """
    made = _backend(request).codebuild_projects
    params = request.params
    kept = made[params["name"]].project_metadata if params["name"] in made else {}
    # Timeouts are kept with AWS's defaults, which nobody has specified.
    merged = {key: kept[key] for key in _MERGED if key in kept} | dict(params)
    if "environment" not in merged:
        return None
    environment, cache = merged["environment"], merged.get("cache") or {}
    network = merged.get("vpcConfig") or {}
    return Project(
        environment["type"],
        environment["image"],
        environment["computeType"],
        privileged=environment.get("privilegedMode", False),
        fleet="fleetArn" in environment.get("fleet", {}),
        subnets=len(network.get("subnets", ())),
        security_groups=len(network.get("securityGroupIds", ())),
        timeout=merged.get("timeoutInMinutes"),
        queued=merged.get("queuedTimeoutInMinutes"),
        cache=cache.get("type", "NO_CACHE"),
        modes=tuple(cache.get("modes", ())),
        badge=merged.get("badgeEnabled", False),
        file_systems=bool(merged.get("fileSystemLocations")),
        certificate=bool(environment.get("certificate")),
        registry_credential=bool(environment.get("registryCredential")),
        pulls_as=environment.get("imagePullCredentialsType", "CODEBUILD"),
    )


_MERGED = ("environment", "cache", "vpcConfig", "fileSystemLocations")


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


# CodeBuild User Guide, 'Allow CodeBuild access to AWS services required to create a VPC network
# interface'. A project is refused without them: https://github.com/aws/aws-cdk/issues/2652.
_LOOKS_UP = ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs")


@limit("codebuild", "CreateProject", "UpdateProject")
def networks(request: Request) -> None:
    """The service role must be able to look up the VPC of a project."""
    role = find_role(request.params.get("serviceRole") or _kept_role(request))
    if role is None or not request.params.get("vpcConfig", {}).get("vpcId"):
        return
    for operation in _LOOKS_UP:
        if not may(role, f"ec2:{operation}", "*"):
            raise InvalidInputError(f"Not authorized to perform {operation}")


def _kept_role(request: Request) -> str:
    project = _backend(request).codebuild_projects.get(request.params["name"])
    return "" if project is None else str(project.project_metadata["serviceRole"])


@limit("codebuild", "CreateProject", "UpdateProject")
def limits_of_projects(request: Request) -> None:
    """A project cannot have more builds at a time than the account.

    The wording is CodeBuild's: https://github.com/hashicorp/terraform-provider-aws/pull/37748.
    """
    most = quota("codebuild.running_builds")
    if request.params.get("concurrentBuildLimit", -1) > most:
        raise InvalidInputError(
            "Project-level concurrent build limit cannot exceed the account-level concurrent "
            f"build limit of {most}."
        )


@limit("codebuild", "StartBuild")
def builds_at_a_time(request: Request) -> None:
    """CodeBuild User Guide, 'Builds in AWS CodeBuild', and 'Quotas for AWS CodeBuild'.

    A project's own limit is no queue: builds over it are refused. The wording of the account's is
    CodeBuild's: https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/249.
    """
    backend, name = _backend(request), request.params["projectName"]
    most = quota("codebuild.running_builds") + quota("codebuild.queued_builds")
    if sum(_unfinished(backend, each) for each in backend.build_metadata_history) >= most:
        raise AccountLimitExceededError(
            f"Cannot have more than {most} builds in queue for the account"
        )
    project = backend.codebuild_projects.get(name)
    own = -1 if project is None else project.project_metadata.get("concurrentBuildLimit", -1)
    if 0 <= own <= _unfinished(backend, name):
        raise AccountLimitExceededError(
            f"Cannot have more than {own} active builds for the project"
        )


def _unfinished(backend: CodeBuildBackend, project: str) -> int:
    builds = backend.build_metadata_history.get(project, ())
    return sum(build["buildStatus"] == "IN_PROGRESS" for build in builds)


def _backend(request: Request) -> CodeBuildBackend:
    return codebuild_backends[request.account][request.region]

"""What CodeBuild refuses in a project, with its error, and what it does not support.

The texts of images and of the queue's timeout with Lambda compute are CodeBuild's own, as users
quote them (https://github.com/aws/copilot-cli/issues/3110,
https://github.com/hashicorp/terraform-provider-aws/issues/34376). The others are written by
analogy with those, after the documents that each check names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from landfall.aws.codebuild.environments import (
    ON_DEMAND,
    ONLY_RESERVED,
    curated_types,
    is_lambda,
)

MOST_SUBNETS, MOST_SECURITY_GROUPS = 16, 5
LAMBDA_MINUTES = 15
"""A build on Lambda compute ends after this time."""
DOCKER_LAYERS = "LOCAL_DOCKER_LAYER_CACHE"


@dataclass(frozen=True, slots=True)
class Project:
    """What of a project decides whether CodeBuild takes it, in the terms of its API.

    `timeout` and `queued` are minutes, None where the request has none. `modes` are those of a
    local cache.
    """

    type: str
    image: str
    compute_type: str
    privileged: bool = False
    fleet: bool = False
    subnets: int = 0
    security_groups: int = 0
    timeout: int | None = None
    queued: int | None = None
    cache: str = "NO_CACHE"
    modes: tuple[str, ...] = ()
    badge: bool = False
    file_systems: bool = False
    certificate: bool = False
    registry_credential: bool = False
    pulls_as: str = "CODEBUILD"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One combination that CodeBuild refuses or does not support.

    `member` is the member of the API that causes it, `why` the reason for a reader, `error` the
    text of CodeBuild's InvalidInputException.
    """

    member: str
    why: str
    error: str


def refusals(project: Project) -> Iterator[Refusal]:
    """Yield what CodeBuild refuses in a project."""
    for check in _CHECKS:
        yield from check(project)


def _sizes(project: Project) -> Iterator[Refusal]:
    """User Guide, 'Build environment compute modes and types'."""
    kind, size = project.type, project.compute_type
    if project.fleet:
        return
    if kind in ONLY_RESERVED:
        yield Refusal(
            "fleet",
            f"environment type {kind} needs a reserved capacity fleet",
            f"Environment type {kind} is supported for projects with a fleet only",
        )
    elif size not in ON_DEMAND[kind]:
        known = ", ".join(each.removeprefix("BUILD_") for each in ON_DEMAND[kind])
        yield Refusal(
            "computeType",
            f"environment type {kind} has no {size}, but {known}",
            f"Invalid compute type {size} for environment type {kind}",
        )


def _images(project: Project) -> Iterator[Refusal]:
    """User Guide, 'Docker images provided by CodeBuild': each runs on its own types."""
    types = curated_types(project.image)
    if types is not None and project.type not in types:
        yield Refusal(
            "image",
            f"{project.image} runs on {', '.join(sorted(types))} only",
            f"AWS CodeBuild curated image {project.image} is not supported for projects with "
            f"environment type {project.type} and compute type {project.compute_type}",
        )
    if types is not None and (project.pulls_as == "SERVICE_ROLE" or project.registry_credential):
        yield Refusal(
            "imagePullCredentialsType",
            "CodeBuild pulls its own images with its own credentials",
            "Invalid image pull credentials type: curated images must use CODEBUILD credentials",
        )
    elif project.registry_credential and project.pulls_as != "SERVICE_ROLE":
        yield Refusal(
            "registryCredential",
            "a private registry needs the credentials of the service role",
            "Invalid registry credential: imagePullCredentialsType must be SERVICE_ROLE",
        )


_NOT_ON_LAMBDA: tuple[tuple[str, str, Callable[[Project], bool]], ...] = (
    ("timeoutInMinutes", f"a build there ends after {LAMBDA_MINUTES} minutes, and its timeout "
     "cannot be set", lambda it: it.timeout is not None),
    ("queuedTimeoutInMinutes", "builds there do not wait in a queue",
     lambda it: it.queued is not None),
    ("privilegedMode", "it has no privileged mode, so it builds no images",
     lambda it: it.privileged),
    ("vpcConfig", "it does not connect to a VPC", lambda it: bool(it.subnets)),
    ("cache", "it has no cache", lambda it: it.cache != "NO_CACHE"),
    ("badgeEnabled", "it has no build badges", lambda it: it.badge),
    ("fileSystemLocations", "it mounts no file systems", lambda it: it.file_systems),
    ("certificate", "it installs no certificates", lambda it: it.certificate),
    ("registryCredential", "its images come from CodeBuild or from ECR",
     lambda it: it.registry_credential),
)  # fmt: skip


def _lambda(project: Project) -> Iterator[Refusal]:
    """User Guide, 'Run builds on AWS Lambda compute', Limitations of AWS Lambda compute."""
    if not is_lambda(project.type):
        return
    for member, why, has in _NOT_ON_LAMBDA:
        if has(project):
            yield Refusal(
                member, f"Lambda compute: {why}", f"Cannot specify {member} for lambda compute"
            )


def _caches(project: Project) -> Iterator[Refusal]:
    """User Guide, 'Local caching' and 'Specify a local cache'."""
    if project.cache != "LOCAL" or is_lambda(project.type):
        return
    network = project.subnets > 0
    if why := _without_local_cache(project.type, project.compute_type, network=network):
        yield Refusal("cache", why, f"Invalid cache: local caching is not supported: {why}")
    if DOCKER_LAYERS in project.modes:
        if not project.privileged:
            why = "the cache of Docker layers needs a privileged container"
            yield Refusal("cache", why, f"Invalid cache: {why}")
        if project.type.startswith("WINDOWS"):
            why = "only Linux environments have a cache of Docker layers"
            yield Refusal("cache", why, f"Invalid cache: {why}")


def has_local_cache(kind: str, compute_type: str, *, network: bool) -> bool:
    """Return whether an environment can have a local cache; `network` is whether it is in a VPC."""
    return not (is_lambda(kind) or _without_local_cache(kind, compute_type, network=network))


def _without_local_cache(kind: str, compute_type: str, *, network: bool) -> str:
    """Return why an environment has no local cache; empty if it has one."""
    if network:
        return "a build in a VPC has no local cache"
    if kind == "LINUX_GPU_CONTAINER":
        return "a GPU environment has no local cache"
    if compute_type.endswith("2XLARGE"):
        return "the largest compute type has no local cache"
    return ""


def _networks(project: Project) -> Iterator[Refusal]:
    """API Reference, CreateProject and VpcConfig: at most 16 subnets, 5 groups, and no fleet."""
    if project.fleet and project.subnets:
        why = "a reserved capacity fleet has its own network"
        yield Refusal("vpcConfig", why, "Cannot specify vpcConfig for projects with a fleet")
    if project.subnets > MOST_SUBNETS:
        why = f"a project takes {MOST_SUBNETS} subnets"
        yield Refusal("vpcConfig", why, f"Invalid vpc config: {why}")
    if project.security_groups > MOST_SECURITY_GROUPS:
        why = f"a project takes {MOST_SECURITY_GROUPS} security groups"
        yield Refusal("vpcConfig", why, f"Invalid vpc config: {why}")


def _windows(project: Project) -> Iterator[Refusal]:
    """User Guide, 'Local caching': Windows does not support privileged mode."""
    if project.privileged and project.type.startswith("WINDOWS"):
        why = "Windows has no privileged mode"
        yield Refusal("privilegedMode", why, f"Invalid environment: {why}")


_CHECKS = (_images, _sizes, _lambda, _windows, _caches, _networks)

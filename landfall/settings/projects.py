"""The CodeBuild projects that settings lead to, as far as CodeBuild's rules go."""

from __future__ import annotations

from landfall.aws.codebuild.combinations import DOCKER_LAYERS, Project, has_local_cache
from landfall.aws.codebuild.environments import environment_type, is_lambda
from landfall.settings.builds import Build
from landfall.settings.computing import Computing
from landfall.settings.testing import Suite


def kind(computing: Computing) -> str:
    """Return CodeBuild's environment type."""
    return environment_type(
        computing.image, computing.architecture, computing.compute_type, gpu=computing.gpu
    )


def cache_kind(build: Build) -> str:
    """Return the cache of a build: `local`, `s3` or `none`."""
    if build.cache is not None:
        return build.cache
    if is_lambda(build.compute_type):
        return "none"
    network = build.network is not None
    local = has_local_cache(kind(build), build.compute_type, network=network)
    return "local" if local else "none"


def cache_modes(build: Build) -> tuple[str, ...]:
    """Return the modes of a local cache: custom folders, and layers where Docker runs."""
    return ("LOCAL_CUSTOM_CACHE", *((DOCKER_LAYERS,) if build.privileged else ()))


def project_of(computing: Build | Suite) -> Project:
    """Return the project of a build or of a test."""
    cache = cache_kind(computing) if isinstance(computing, Build) else "none"
    network, given = computing.network, computing.model_fields_set
    return Project(
        kind(computing),
        computing.image,
        computing.compute_type,
        privileged=isinstance(computing, Build) and computing.privileged,
        fleet=computing.fleet is not None,
        subnets=len(network.subnets) if network else 0,
        security_groups=len(network.security_groups) if network else 0,
        timeout=computing.timeout_minutes if "timeout_minutes" in given else None,
        queued=computing.queued_minutes,
        cache={"local": "LOCAL", "s3": "S3"}.get(cache, "NO_CACHE"),
        modes=cache_modes(computing) if isinstance(computing, Build) and cache == "local" else (),
        registry_credential=computing.registry_credentials is not None,
        pulls_as="SERVICE_ROLE" if computing.registry_credentials else "CODEBUILD",
    )

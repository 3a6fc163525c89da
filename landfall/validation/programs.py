"""Checks of deployments by programs, EKS and sites: states that must not be shared, and choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.settings import keys, naming
from landfall.settings.delivery import Application
from landfall.settings.deploy_eks import EksDeploy
from landfall.settings.deploy_programs import CommandsDeploy, PulumiDeploy, TerraformDeploy
from landfall.settings.deploy_site import S3Deploy
from landfall.settings.deployments import Deploy
from landfall.settings.placeholders import filled
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import Destination, destinations
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# The first release of both tools whose S3 backend locks with a file.
# https://developer.hashicorp.com/terraform/language/v1.10.x/backend/s3#state-locking
# https://opentofu.org/docs/v1.10/language/settings/backends/s3/#s3-state-locking
_LOCKS: Final = (1, 10)
_ARTIFACTS: Final = ("Build", "Image", "Source")
"""The names of other artifacts of a pipeline."""

Place = tuple[str, str]


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in deployments by programs, to EKS and to sites."""
    states: dict[tuple[str, ...], str] = {}
    buckets: dict[str, tuple[Place, str]] = {}
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield from _kind((*path, "deploy"), application.deploy)
        for environment, settings in application.environments.items():
            here = (*path, "environments", environment)
            if settings.deploy is not None:
                yield from _kind((*here, "deploy"), settings.deploy)
            deploy = settings.deploy or application.deploy
            found = [each for wave in destinations(settings, stack) for each in wave]
            if isinstance(deploy, PulumiDeploy | TerraformDeploy):
                pipeline = (name, environment)
                yield from _states(here, pipeline, deploy, found, states, buckets)
            if isinstance(deploy, S3Deploy):
                yield from _distribution(here, application, environment, deploy, found)


def _kind(path: Path, deploy: Deploy) -> Iterator[Mistake]:
    if isinstance(deploy, TerraformDeploy):
        yield from _release(path, deploy)
    if isinstance(deploy, EksDeploy):
        yield from _cluster(path, deploy)
    if isinstance(deploy, S3Deploy):
        yield from _site(path, deploy)
    if isinstance(deploy, CommandsDeploy):
        for key, value in deploy.environment.items():
            if "#{" in value:
                what = "CodePipeline resolves no variables here: they are in the build's project"
                fix = "write it in build.environment:, and let the build write a file"
                yield Mistake((*path, "environment", key), what, fix, kind=Kind.UNSUPPORTED)


def _release(path: Path, deploy: TerraformDeploy) -> Iterator[Mistake]:
    if (deploy.version is None) != (deploy.sha256 is None):
        given, missing = ("version", "sha256") if deploy.version else ("sha256", "version")
        yield Mistake(
            (*path, given),
            f"'{given}' is set without '{missing}'",
            f"add {missing}:, or remove {given}:",
            (*path, missing),
            kind=Kind.MISSING_SETTING,
        )
    found = tuple(int(part) for part in deploy.pinned.version.split("."))
    if found[:2] < _LOCKS:
        what = f"{deploy.tool} {deploy.version} has no lock file in S3"
        yield Mistake((*path, "version"), what, "write 1.10.0 or later", kind=Kind.UNSUPPORTED)


def _cluster(path: Path, deploy: EksDeploy) -> Iterator[Mistake]:
    if deploy.helm is None and not deploy.manifests:
        what = "nothing is deployed to the cluster"
        yield Mistake(path, what, "add manifests: or helm:", kind=Kind.MISSING_SETTING)
    if deploy.helm is not None and deploy.manifests:
        what = "helm and manifests exclude each other"
        yield Mistake(
            (*path, "manifests"), what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS
        )
    if bool(deploy.subnets) != bool(deploy.security_groups):
        given = ("subnets", "securityGroups")
        here, missing = given if deploy.subnets else given[::-1]
        yield Mistake(
            (*path, here),
            f"'{here}' is set without '{missing}'",
            f"add {missing}:, or remove {here}:",
            kind=Kind.MISSING_SETTING,
        )


def _site(path: Path, deploy: S3Deploy) -> Iterator[Mistake]:
    if deploy.distribution is None and "paths" in deploy.model_fields_set:
        what = "paths are of a CloudFront distribution, which is not set"
        yield Mistake(
            (*path, "paths"), what, "add distribution:, or remove it", kind=Kind.MISSING_SETTING
        )
    seen: set[str] = set()
    for index, group in enumerate(deploy.groups):
        here = (*path, "groups", index, "artifact")
        if group.artifact in _ARTIFACTS:
            what = f"'{group.artifact}' is another artifact of the pipeline"
            yield Mistake(here, what, "choose another name", kind=Kind.NAME_TAKEN)
        if group.artifact in seen:
            what = f"artifact '{group.artifact}' is already a group"
            yield Mistake(here, what, "remove it, or choose another", kind=Kind.DUPLICATE_SETTING)
        seen.add(group.artifact)


def _distribution(
    path: Path,
    application: Application,
    environment: str,
    deploy: S3Deploy,
    found: list[Destination],
) -> Iterator[Mistake]:
    """Check that an environment is in one account where it has a distribution: it is in one."""
    accounts = dict.fromkeys(each.account for each in found)
    if deploy.distribution and len(accounts) > 1:
        about = (
            path
            if application.environments[environment].deploy is not None
            else (*path[:-2], "deploy")
        )
        what = f"distribution {deploy.distribution} is in one account, the deployments in several"
        yield Mistake(
            (*path, "waves"),
            what,
            "write an environment for each account",
            about,
            kind=Kind.CONFLICTING_SETTINGS,
        )


def _states(
    path: Path,
    pipeline: tuple[str, str],
    deploy: PulumiDeploy | TerraformDeploy,
    found: list[Destination],
    states: dict[tuple[str, ...], str],
    buckets: dict[str, tuple[Place, str]],
) -> Iterator[Mistake]:
    """Check that each destination has a state of its own, in a bucket of its account and region.

    A bucket's name is unique in the partition, so one name is one bucket.
    """
    own = naming.pipeline(*pipeline)
    for there in found:
        at = f"{own} in {there.account} in {there.region}"
        backend, name = (
            filled(
                text, environment=pipeline[1], accountId=f"<{there.account}>", region=there.region
            )
            for text in (deploy.backend, deploy.name)
        )
        state = (type(deploy).__name__, backend, name)
        other = states.setdefault(state, at)
        if other != at:
            what = f"{at} has the state of {other}: {name} in {backend}"
            fix = "write {environment}, {accountId} or {region} in its name or backend:"
            yield Mistake(path, what, fix, kind=Kind.NAME_TAKEN)
            continue
        bucket = backend.removeprefix("s3://").partition("/")[0]
        place = (there.account, there.region)
        where, holder = buckets.setdefault(bucket, (place, at))
        if where != place:
            what = f"bucket {bucket} is in {where[0]} in {where[1]} for {holder}, not in {place[0]}"
            what += f" in {place[1]}"
            fix = "write {accountId} and {region} in the bucket's name in backend:"
            yield Mistake(path, what, fix, kind=Kind.CONFLICTING_SETTINGS)

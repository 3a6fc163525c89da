"""What environments hand on to the pipelines of later ones."""

from __future__ import annotations

from landfall.blueprint import artifacts, promotions
from landfall.blueprint.deployments import deployment_args
from landfall.blueprint.promotions import Promotion
from landfall.blueprint.sources import PROMOTED, Source
from landfall.blueprint.stack.scope import Scope
from landfall.settings import naming, promotion
from landfall.settings.delivery import Application


def groups(application: Application, environments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the artifacts beside the main one that the deployments of environments take."""
    found = [
        group["artifact"]
        for environment in environments
        for group in deployment_args(
            application.environments[environment].deploy or application.deploy
        ).get("groups", [])
    ]
    return tuple(dict.fromkeys(found))


def received(application: Application, first: str) -> tuple[str, ...]:
    """Return the artifacts that a promoted pipeline starts with: its own needs and later ones."""
    found = _received(application, first, frozenset())
    order = (artifacts.BUILT, *sorted(found), artifacts.IMAGE, artifacts.SOURCE)
    return tuple(each for each in dict.fromkeys(order) if each in found)


def _received(application: Application, first: str, seen: frozenset[str]) -> set[str]:
    if first in seen:
        return set()
    members = promotion.members(application, first)
    found = {artifacts.BUILT, *groups(application, members)}
    if application.image is not None:
        found.add(artifacts.IMAGE)
    for environment in members:
        if application.tests.of_deployment(environment):
            found.add(artifacts.SOURCE)
        for later in promotion.promoted_to(application, environment):
            found |= _received(application, later, seen | {first})
    return found


def handed_on(application: Application, environment: str) -> tuple[str, ...]:
    """Return the artifacts that an environment hands on."""
    return tuple(
        dict.fromkeys(
            artifact
            for later in promotion.promoted_to(application, environment)
            for artifact in received(application, later)
        )
    )


def of_pipeline(name: str, application: Application, first: str) -> tuple[Promotion, ...]:
    """Return what the environments of a pipeline hand on."""
    return tuple(
        Promotion(
            naming.pipeline(name, environment),
            tuple(naming.pipeline(name, each) for each in later),
        )
        for environment in promotion.members(application, first)
        if (later := promotion.promoted_to(application, environment))
    )


def source(scope: Scope, name: str, application: Application, first: str) -> Source | None:
    """Return the source of a promoted pipeline; None if the pipeline builds."""
    origin = promotion.promoted_from(application, first)
    if origin is None:
        return None
    return Source(
        PROMOTED,
        bucket=scope.store(scope.stack.region).bucket_arn.rpartition(":")[2],
        key=f"{promotions.folder(naming.pipeline(name, origin))}/*",
        artifacts=received(application, first),
    )

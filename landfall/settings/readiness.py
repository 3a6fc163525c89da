"""What a stack's settings leave unguarded, though none of it is a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from landfall.settings import keys, naming
from landfall.settings.delivery import Application, Environment
from landfall.settings.deployments import Deploy, Ec2Deploy, EcsDeploy, LambdaDeploy
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import destinations


class Note(NamedTuple):
    """Something to know of a pipeline: `path` is where its settings stand."""

    path: Path
    what: str
    fix: str


def own_alarms(pipeline: str, deploy: Deploy) -> tuple[str, ...]:
    """Return the names of the alarms that the stack makes where a pipeline deploys to."""
    if isinstance(deploy, LambdaDeploy):
        return (f"{pipeline}-errors",)
    if isinstance(deploy, EcsDeploy):
        return (f"{pipeline}-5xx",)
    if isinstance(deploy, Ec2Deploy):
        return tuple(f"{pipeline}-{group}-status" for group in deploy.auto_scaling_groups)
    return ()


def alarms(pipeline: str, environment: Environment, deploy: Deploy) -> tuple[str, ...]:
    """Return the names of all alarms that watch each destination of an environment."""
    return (*own_alarms(pipeline, deploy), *environment.rollback.alarms)


def notes(stack: Stack) -> Iterator[Note]:
    """Yield where a deployment would not go back by itself."""
    for name, application in stack.delivery.applications.items():
        for environment in application.environments:
            yield from _of_pipeline(stack, name, application, environment)


def _of_pipeline(
    stack: Stack, name: str, application: Application, environment: str
) -> Iterator[Note]:
    settings = application.environments[environment]
    path: Path = (keys.DELIVERY, "applications", name, "environments", environment)
    pipeline, rollback = naming.pipeline(name, environment), settings.rollback
    by_hand = f"landfall release rollback -s {stack.name} {name} {environment}"
    deploy = settings.deploy or application.deploy
    here: Path = (*path, "rollback")
    if rollback.on_failure != "rollback":
        what = f"a failed deployment of {pipeline} does not go back by itself"
        yield Note((*here, "onFailure"), what, f"it is left to you: {by_hand}")
    watched = alarms(pipeline, settings, deploy)
    if not watched:
        what = f"no alarm watches {pipeline}, so only what fails at once is taken back"
        yield Note(path, what, "name alarms of the application in rollback: {alarms: […]}")
    elif not rollback.bake_minutes and not isinstance(deploy, LambdaDeploy | EcsDeploy | Ec2Deploy):
        what = f"{pipeline} ends when its change is made; its alarms are looked at only before"
        yield Note(here, what, "write bakeMinutes: to watch them after it too")
    if isinstance(deploy, LambdaDeploy | EcsDeploy) and _at_once(deploy):
        what = f"{pipeline} shifts all traffic at once, before an alarm can go off"
        yield Note(path, what, "choose a canary or linear traffic:, or write bakeMinutes:")
    if len(destinations(settings, stack.region)) > 1 and rollback.on_failure == "rollback":
        what = f"a wave of {pipeline} that fails goes back alone; those before it keep the release"
        yield Note((*path, "waves"), what, f"take them back too: {by_hand}")


def _at_once(deploy: LambdaDeploy | EcsDeploy) -> bool:
    return deploy.traffic == "all-at-once" and deploy.shift is None

"""Notes on deployments without automatic rollback; they are not mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from landfall.settings import keys, naming
from landfall.settings.branching import triggers
from landfall.settings.delivery import Application, Environment
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deploy_programs import PulumiDeploy, TerraformDeploy
from landfall.settings.deployments import (
    Deploy,
    Ec2Deploy,
    EcsDeploy,
    LambdaDeploy,
    is_network,
    target_group_id,
)
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import Destination, destinations

_PLANNED = PulumiDeploy | TerraformDeploy


class Note(NamedTuple):
    """A note about a pipeline; `path` is the path of its settings."""

    path: Path
    what: str
    fix: str


def own_alarms(pipeline: str, environment: Environment, deploy: Deploy) -> tuple[str, ...]:
    """Return the names of the alarms that the stack creates for a pipeline's deployments.

    A Network Load Balancer counts no responses, so there is no alarm for it.
    """
    if isinstance(deploy, LambdaDeploy):
        return (f"{pipeline}-errors",)
    if isinstance(deploy, EcsServiceDeploy) and not environment.listeners:
        return ()
    if isinstance(deploy, EcsDeploy | EcsServiceDeploy):
        network = any(map(is_network, environment.listeners))
        return () if network else (f"{pipeline}-5xx",)
    if isinstance(deploy, Ec2Deploy):
        return tuple(f"{pipeline}-{group}-status" for group in deploy.auto_scaling_groups)
    return ()


def alarms(pipeline: str, environment: Environment, deploy: Deploy) -> tuple[str, ...]:
    """Return the names of all alarms that watch an environment's destinations."""
    return (*own_alarms(pipeline, environment, deploy), *environment.rollback.alarms)


def notes(stack: Stack) -> Iterator[Note]:
    """Yield a note for each deployment without full automatic rollback."""
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
        what = f"{pipeline} has no automatic rollback"
        yield Note((*here, "onFailure"), what, f"after a failed deployment: {by_hand}")
    if any(trigger.pull_requests for trigger in triggers(application, environment)):
        what = f"{pipeline} deploys pull requests before any review, with the rights of its roles"
        fix = "use pullRequests: of the application, which builds and tests them"
        yield Note((*path, "triggers"), what, fix)
    if awaited := sorted({there.account for there in _awaited(stack, settings)}):
        what = f"{pipeline} awaits {_target(deploy)} in {', '.join(awaited)}: deployments fail"
        fix = f"create it, remove awaited:, and run landfall up -s {stack.name}"
        yield Note(path, what, fix)
    watched = alarms(pipeline, settings, deploy)
    if not watched:
        what = f"{pipeline} has no alarm, so only immediate failures roll back"
        yield Note(path, what, "add the application's alarms to rollback: {alarms: […]}")
    elif not rollback.bake_minutes and not isinstance(deploy, LambdaDeploy | EcsDeploy | Ec2Deploy):
        what = f"{pipeline} checks its alarms only before the deployment"
        yield Note(here, what, "add bakeMinutes: to watch them afterwards")
    if isinstance(deploy, EcsServiceDeploy):
        yield _of_service(path, pipeline, deploy, own_alarms(pipeline, settings, deploy))
    if watched and rollback.window and not rollback.bake_minutes:
        what = f"{pipeline} checks its alarms when it reaches the window, not when that opens"
        yield Note(here, what, "add bakeMinutes: to watch them after the deployment")
    named = isinstance(deploy, EcsDeploy) and not all(map(target_group_id, deploy.target_groups))
    if isinstance(deploy, EcsServiceDeploy):
        named = not deploy.target_groups
    if named and own_alarms(pipeline, settings, deploy):
        what = f"the alarm of {pipeline} watches its whole load balancer: errors of another"
        what += " service behind it roll this one back"
        yield Note(path, what, "write targetGroups: as ARNs to watch only these")
    if isinstance(deploy, LambdaDeploy | EcsDeploy) and _at_once(deploy):
        what = f"{pipeline} shifts all traffic at once, before an alarm can fire"
        yield Note(path, what, "use canary or linear traffic:, or add bakeMinutes:")
    if settings.approval and rollback.on_failure == "rollback" and isinstance(deploy, _PLANNED):
        what = f"a rollback of {pipeline} plans its last release anew, and asks nobody"
        yield Note(here, what, "write onFailure: stop to look at a failed deployment first")
    if len(destinations(settings, stack)) > 1 and rollback.on_failure == "rollback":
        what = f"a failed wave of {pipeline} rolls back alone; earlier waves keep the release"
        yield Note((*path, "waves"), what, f"to roll them back too: {by_hand}")


def _of_service(path: Path, pipeline: str, deploy: EcsServiceDeploy, own: tuple[str, ...]) -> Note:
    """Return the note that the service itself says what rolls it back while it is deployed.

    Only rolling deployments have a circuit breaker.
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    alarms_ = f"alarms: {', '.join(own)}" if own else "alarms"
    breaker = "the deployment circuit breaker with rollback, and " if _rolls(deploy) else ""
    what = f"ECS rolls {pipeline} back only as service '{deploy.service}' says"
    return Note(path, what, f"enable in its deployment configuration {breaker}{alarms_}")


def _rolls(deploy: EcsServiceDeploy) -> bool:
    return deploy.strategy == "rolling"


def _awaited(stack: Stack, settings: Environment) -> Iterator[Destination]:
    waves = destinations(settings, stack)
    return (there for wave in waves for there in wave if there.awaited)


def _target(deploy: Deploy) -> str:
    """Return what a deployment needs before it has a deployment group."""
    if isinstance(deploy, Ec2Deploy):
        return f"Auto Scaling group {', '.join(deploy.auto_scaling_groups)}"
    return f"ECS service {deploy.name}"


def _at_once(deploy: LambdaDeploy | EcsDeploy) -> bool:
    return deploy.traffic == "all-at-once" and deploy.shift is None

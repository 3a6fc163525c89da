"""Checks of deployments that an ECS service does itself: its strategy, listener and timeout."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings import keys
from landfall.settings.delivery import Environment
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deployments import target_group_id
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import destinations
from landfall.validation.cloudformation import deployments
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the deployments of ECS services."""
    for path, deploy in deployments(stack):
        if isinstance(deploy, EcsServiceDeploy):
            yield from _shift(path, deploy)
            yield from _target_groups(path, deploy)
    for name, application in stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            deploy = settings.deploy or application.deploy
            if isinstance(deploy, EcsServiceDeploy):
                here = (keys.DELIVERY, "applications", name, "environments", environment)
                yield from _listeners(here, deploy, settings)
                regions = {there.region for wave in destinations(settings, stack) for there in wave}
                yield from _regions(here, deploy, regions)


def _shift(path: Path, deploy: EcsServiceDeploy) -> Iterator[Mistake]:
    minutes = deploy.shift_minutes
    if minutes is None:
        return
    here = (*path, "shiftMinutes")
    if deploy.strategy == "rolling":
        what = "a rolling deployment shifts no traffic"
        fix = "remove it, or write the strategy: of the service"
        yield Mistake(here, what, fix, (*path, "strategy"), kind=Kind.CONFLICTING_SETTINGS)
    elif minutes >= deploy.timeout_minutes:
        what = f"the action fails after {deploy.timeout_minutes} minutes, during the shift"
        fix = "shorten the shift and bake time in the service; CodePipeline waits for 60 minutes at"
        fix += " most. `ecs` (CodeDeploy) has no such limit"
        yield Mistake(here, what, fix, (*path, "timeoutMinutes"), kind=Kind.EXCEEDS_LIMIT)


def _target_groups(path: Path, deploy: EcsServiceDeploy) -> Iterator[Mistake]:
    for index, group in enumerate(deploy.target_groups):
        if target_group_id(group) is None:
            what = f"'{group[:120]}' is not the ARN of a target group"
            fix = "write the ARN, or remove targetGroups:"
            yield Mistake((*path, "targetGroups", index), what, fix, kind=Kind.INVALID_VALUE)


def _regions(path: Path, deploy: EcsServiceDeploy, regions: set[str]) -> Iterator[Mistake]:
    """Check that the alarm watches target groups of the region that it is in."""
    for group in deploy.target_groups:
        if target_group_id(group) and (others := regions - {group.split(":")[3]}):
            what = f"the target groups are in {group.split(':')[3]}, not in {min(others)}"
            fix = "remove targetGroups:, or use an environment of each region"
            yield Mistake(path, what, fix, kind=Kind.WRONG_REGION)
            return


def _listeners(path: Path, deploy: EcsServiceDeploy, settings: Environment) -> Iterator[Mistake]:
    if deploy.target_groups and not settings.listeners:
        what = "targetGroups are those that the alarm watches, but there is no listener"
        fix = "add listeners: with the listener's ARN, or remove targetGroups:"
        yield Mistake(path, what, fix, (*path, "listeners"), kind=Kind.MISSING_SETTING)
    if len(settings.listeners) > 1:
        what = "ECS finds its test listener in the service itself"
        fix = "keep only the production listener"
        yield Mistake((*path, "listeners", 1), what, fix, kind=Kind.UNSUPPORTED)

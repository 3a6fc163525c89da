"""Checks of targets that do not exist yet: only CodeDeploy needs them when the stack is created."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings import keys
from landfall.settings.deployments import Deploy, Ec2Deploy, EcsDeploy, Target
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield each `awaited` of a deployment that needs no target when the stack is created."""
    for name, application in stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            deploy = settings.deploy or application.deploy
            if (why := _needless(deploy)) is None:
                continue
            path: Path = (keys.DELIVERY, "applications", name, "environments", environment)
            waved = (
                (*path, "waves", number, index)
                for number, wave in enumerate(settings.waves)
                for index, target in enumerate(wave)
                if isinstance(target, Target) and target.awaited
            )
            for here in (*([path] if settings.awaited else []), *waved):
                yield Mistake((*here, "awaited"), why, "remove it", kind=Kind.UNSUPPORTED)


def _needless(deploy: Deploy) -> str | None:
    if isinstance(deploy, EcsDeploy):
        return None
    if isinstance(deploy, Ec2Deploy):
        if deploy.auto_scaling_groups:
            return None
        return "instances are found by their tags at each deployment, so nothing is awaited"
    return "only a deployment group of ecs or ec2 needs its target before the first deployment"

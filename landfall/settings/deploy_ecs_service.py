"""Deployments that an ECS service does itself: rolling, blue/green, linear, canary."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Count, Distinct, ListOf
from landfall.settings.deployment_kind import DeployKind, RolePath

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
Strategy = Literal["rolling", "blue-green", "linear", "canary"]


class EcsServiceDeploy(DeployKind):
    """Updates an ECS service with a new image; ECS replaces the tasks.

    The service's deployment controller must be `ECS`. How it replaces tasks, and what rolls it
    back, is in the service's own deployment configuration.
    """

    service: str = Field(alias="ecsService", pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The service's name."""
    cluster: str = Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The cluster's name."""
    strategy: Strategy = "rolling"
    """The strategy in the service's deployment configuration."""
    shift_minutes: Count | None = Field(default=None, ge=1, le=2880)
    """`blue-green`, `linear`, `canary`: how long the service shifts traffic and bakes, in all."""
    task_roles: ListOf[RolePath] = Field(min_length=1)
    """The task roles and task execution roles, each with its path."""
    image_definitions: str = "imagedefinitions.json"
    """The image definitions file's path in the build's artifact."""
    timeout_minutes: Count = Field(default=60, ge=1, le=60)
    """The action fails if the service is not steady after this time. CodePipeline allows 60."""
    target_groups: Distinct = Field(default=(), max_length=2)
    """ARNs of the service's target groups, if the alarm shall watch only these. Needs
    `listeners`."""

"""ECS: services that CodeDeploy deploys have a task set, and containers may have no memory."""

from __future__ import annotations

import copy
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, Service, TaskDefinition

_create_service = EC2ContainerServiceBackend.create_service


def _created(self: EC2ContainerServiceBackend, *args: Any, **kwargs: Any) -> Service:
    """Create the first task set of a service that CodeDeploy deploys, as ECS does.

    CodeDeploy User Guide, 'Deployments on an Amazon ECS compute platform': it replaces the original
    task set.
    """
    service = _create_service(self, *args, **kwargs)
    if service.deployment_controller["type"] == "CODE_DEPLOY" and service.task_definition:
        made = self.create_task_set(
            service.name,
            service.cluster_name,
            service.task_definition,
            network_configuration=service.network_configuration or None,
            load_balancers=service.load_balancers,
            launch_type=service.launch_type,
            platform_version=service.platform_version,
        )
        made.status = "PRIMARY"
    return service


EC2ContainerServiceBackend.create_service = _created


_required = EC2ContainerServiceBackend._calculate_task_resource_requirements


def _requirements(task_definition: TaskDefinition) -> dict[str, Any]:
    """Count no memory for a container without: on Fargate, the task's is enough.

    ECS API Reference, ContainerDefinition, 'memory'.
    """
    filled = copy.copy(task_definition)
    filled.container_definitions = [
        each if {"memory", "memoryReservation"} & each.keys() else {"memory": 0, **each}
        for each in task_definition.container_definitions
    ]
    found: dict[str, Any] = _required(filled)
    return found


EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(_requirements)

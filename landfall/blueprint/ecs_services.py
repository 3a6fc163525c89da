"""Deployments that an ECS service does itself, started by CodePipeline's ECS action.

What ECS needs to shift traffic and to call lifecycle hooks is in the roles of the service's own
deployment configuration, not here.
"""

from __future__ import annotations

from landfall.blueprint import task_definitions
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def deploy(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return the deploy role's statements: a new task definition for this one service.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
    """
    service = f"service/{deployment.get('cluster', 'default')}/{deployment['name']}"
    return [
        statement(
            "UpdateService",
            actions=["ecs:DescribeServices", "ecs:UpdateService"],
            resources=[place.arn("ecs", service)],
        ),
        statement("ReadTasks", actions=["ecs:DescribeTaskDefinition"], resources=["*"]),
        *task_definitions.register(deployment.get("task_roles", []), place),
    ]

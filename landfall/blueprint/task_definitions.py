"""Permissions of deploy roles that register task definitions of ECS."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

_TASKS = "ecs-tasks.amazonaws.com"


def register(task_roles: Sequence[str], place: Place) -> list[Statement]:
    """Return the statements for registering task definitions with these roles, by name with path.

    RegisterTaskDefinition supports no resources. Accounts with tagging authorization also need
    `ecs:TagResource` for a definition with tags.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
    """
    return [
        statement("RegisterTasks", actions=["ecs:RegisterTaskDefinition"], resources=["*"]),
        statement(
            "TagNewTasks",
            actions=["ecs:TagResource"],
            resources=[place.arn("ecs", "task-definition/*:*")],
            conditions={"StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}},
        ),
        pass_roles(task_roles, place, ["ecs.amazonaws.com", _TASKS]),
    ]


def pass_roles(
    task_roles: Sequence[str], place: Place, services: Sequence[str] = (_TASKS,)
) -> Statement:
    """Return the statement for passing task roles to `services`."""
    return statement(
        "GiveTasksTheirRoles",
        actions=["iam:PassRole"],
        resources=[place.iam_arn(f"role/{path}") for path in task_roles],
        conditions={"StringEquals": {"iam:PassedToService": list(services)}},
    )

"""Task definitions that actions register, as the action's role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ParamValidationError

from landfall.rehearsal.results import ActionError
from landfall.rehearsal.work import Work

_DESCRIBED = (
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
)
"""What DescribeTaskDefinition tells, and RegisterTaskDefinition does not take."""


def registered(work: Work, text: str) -> str:
    """Register the task definition of a JSON file; return its ARN.

    Raises:
        ActionError: the text is none.

    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _unreadable(str(error)) from None
    if not isinstance(found, dict):
        raise _unreadable("it is no JSON object")
    return register(work, found)


def register(work: Work, definition: Mapping[str, Any]) -> str:
    """Register a task definition; return its ARN."""
    members = {key: value for key, value in definition.items() if key not in _DESCRIBED}
    try:
        made = work.client("ecs").register_task_definition(**members)
    except ParamValidationError as error:
        raise _unreadable(str(error)) from None
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _unreadable(why: str) -> ActionError:
    return ActionError(
        f"Exception while trying to read the task definition artifact file: {why}",
        "ConfigurationError",
    )

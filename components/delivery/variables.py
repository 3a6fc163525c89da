"""Variables of a pipeline, which its actions use as `#{variables.NAME}`."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class VariableArgs(TypedDict):
    """A variable of a pipeline, which a manual start may set."""

    default: str
    """The value of executions that give none."""
    description: NotRequired[str]
    """What it is for."""


def declared(variables: Mapping[str, VariableArgs]) -> list[dict[str, Any]]:
    """Return the variables as the pipeline declares them."""
    return [
        {
            "name": name,
            "default_value": each["default"],
            "description": each.get("description"),
        }
        for name, each in variables.items()
    ]

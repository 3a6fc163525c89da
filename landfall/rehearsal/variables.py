"""Variables of an execution: `#{namespace.name}` in the configuration of an action.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landfall.aws.codepipeline.flow import REFERENCE

Namespaces = Mapping[str, Mapping[str, str]]


class UnresolvedVariableError(Exception):
    """A reference without a value: the action fails before it runs."""


def resolved(configuration: Mapping[str, str], given: Namespaces) -> dict[str, str]:
    """Return a configuration whose references have their values.

    Raises:
        UnresolvedVariableError: a variable has no value in this execution.

    """
    return {key: _in_text(text, given) for key, text in configuration.items()}


def of_action(action: Mapping[str, Any], given: Namespaces) -> dict[str, Any]:
    """Return an action whose configuration, commands and environment variables have their values.

    Raises:
        UnresolvedVariableError: a variable has no value in this execution.

    """
    found = {**action, "configuration": resolved(action.get("configuration", {}), given)}
    if "commands" in action:
        found["commands"] = [_in_text(each, given) for each in action["commands"]]
    if "environmentVariables" in action:
        found["environmentVariables"] = [
            {**each, "value": _in_text(each["value"], given)}
            for each in action["environmentVariables"]
        ]
    return found


def _in_text(text: str, given: Namespaces) -> str:
    def value(found: re.Match[str]) -> str:
        namespace, _, name = found[1].partition(".")
        try:
            return given[namespace][name]
        except KeyError:
            raise UnresolvedVariableError(
                f"The variable #{{{found[1]}}} has no value in this execution."
            ) from None

    return REFERENCE.sub(value, text)

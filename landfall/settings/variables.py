"""Variables of CodePipeline, `#{NAMESPACE.NAME}`, which only an action's configuration resolves.

https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

_MARK = "#{"


def resolved(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that CodePipeline resolves, for the action."""
    return {key: value for key, value in environment.items() if _MARK in value}


def plain(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the other environment variables, for the project."""
    return {key: value for key, value in environment.items() if _MARK not in value}


def action_value(environment: Mapping[str, str]) -> str:
    """Return variables as `EnvironmentVariables` of CodeBuild's action takes them."""
    return json.dumps(
        [
            {"name": key, "value": value, "type": "PLAINTEXT"}
            for key, value in sorted(environment.items())
        ]
    )

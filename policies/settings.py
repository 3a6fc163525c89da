"""The run of the engine and the stack's settings of the pack.

Settings are under `policies:` in the stack's configuration. The engine sends configuration as
strings; structured values are JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAMESPACE = "policies:"


@dataclass(frozen=True, slots=True)
class Settings:
    """Levels by rule id, waivers beside those of the file, and limits of some rules.

    `retention_days` is the minimum retention of log groups. `problems` are errors in settings; a
    setting with an error counts as not set.
    """

    levels: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Any, ...] = ()
    required_tags: tuple[str, ...] = ()
    retention_days: int = 365
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the engine. In a preview values may be unknown, in an update none should be."""

    stack: str = ""
    preview: bool = True
    settings: Settings = field(default_factory=Settings)


def of_request(request: Any) -> Run:
    """Return the run that the engine's `ConfigureStack` describes."""
    return Run(request.stack, request.dry_run, read(request.config))


def of_environment() -> Run:
    """Return the run from environment variables, as older engines set them; default: a preview."""
    config = json.loads(os.environ.get("PULUMI_CONFIG") or "{}")
    preview = os.environ.get("PULUMI_DRY_RUN") != "false"
    return Run(os.environ.get("PULUMI_STACK", ""), preview, read(config))


_KINDS: Mapping[str, tuple[type, str]] = {
    "levels": (dict, "an object of rule and level"),
    "waivers": (list, "a list"),
    "requiredTags": (list, "a list"),
    "logRetentionDays": (int, "a number of days"),
}


def read(config: Mapping[str, str]) -> Settings:
    """Return the settings in a stack's configuration."""
    problems: list[str] = []
    given: dict[str, Any] = {}
    for key, text in config.items():
        if not key.startswith(NAMESPACE):
            continue
        name = key.removeprefix(NAMESPACE)
        if name not in _KINDS:
            problems.append(
                f"{key} is not a setting of the pack; the settings are {', '.join(_KINDS)}"
            )
            continue
        kind, words = _KINDS[name]
        value = _parsed(text)
        if isinstance(value, kind) and not isinstance(value, bool):
            given[name] = value
        else:
            problems.append(f"{key} is not {words}")
    return Settings(
        {str(id): str(level) for id, level in given.get("levels", {}).items()},
        tuple(given.get("waivers", [])),
        tuple(str(tag) for tag in given.get("requiredTags", [])),
        given.get("logRetentionDays", 365),
        tuple(problems),
    )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None

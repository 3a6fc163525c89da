"""The pack's settings: what a stack says under `policies:` in its own stack file.

The engine hands a stack's configuration to the pack in `PULUMI_CONFIG`, a JSON object whose values
are texts; structured values are JSON inside.
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
    """Levels by rule id, waivers beside those of the file, and what some rules measure by.

    `problems` says what could not be read; such a setting counts as not given.
    """

    levels: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Any, ...] = ()
    required_tags: tuple[str, ...] = ()
    retention_days: int = 365
    problems: tuple[str, ...] = ()


def preview() -> bool:
    """Tell whether the engine only previews; where nothing says so, values may be unknown too."""
    return os.environ.get("PULUMI_DRY_RUN") != "false"


def stack_name() -> str:
    """Return the name of the stack that is judged; empty outside of the engine."""
    return os.environ.get("PULUMI_STACK", "")


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the stack that is judged."""
    given = (os.environ if environment is None else environment).get("PULUMI_CONFIG", "{}")
    config = json.loads(given or "{}")
    problems: list[str] = []

    def value(key: str, kind: type, default: Any) -> Any:
        text = config.get(NAMESPACE + key)
        if text is None:
            return default
        try:
            found = json.loads(text) if isinstance(text, str) else text
        except ValueError:
            found = None
        if not isinstance(found, kind) or isinstance(found, bool):
            words = {dict: "an object", list: "a list", int: "a number"}
            problems.append(f"{NAMESPACE}{key} is not {words[kind]}")
            return default
        return found

    known = {"levels", "waivers", "requiredTags", "logRetentionDays"}
    for key in config:
        if key.startswith(NAMESPACE) and key.removeprefix(NAMESPACE) not in known:
            problems.append(f"{key} is no setting of the pack; there is {', '.join(sorted(known))}")
    levels = {str(id): str(level) for id, level in value("levels", dict, {}).items()}
    waivers = tuple(value("waivers", list, []))
    tags = tuple(str(tag) for tag in value("requiredTags", list, []))
    days = value("logRetentionDays", int, 365)
    return Settings(levels, waivers, tags, days, tuple(problems))

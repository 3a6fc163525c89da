"""The output of a foundation's Pulumi stack that the slices and the closing stack read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landfall.blueprint import parts
from landfall.blueprint.parts import Part
from landfall.settings.stack import Stack

NAME: Final = "fleet"
"""The name of the output."""

VERSION: Final = 1
"""The version of its form; it changes when a part of an earlier version cannot read it."""


def slices(stack: Stack) -> dict[str, list[str]]:
    """Return the accounts of each slice, as the output lists them."""
    found: dict[str, list[str]] = {}
    for account, name in parts.slices(stack).items():
        found.setdefault(name, []).append(account)
    return found


def wrong(outputs: Mapping[str, Any] | None, stack: Stack, part: Part) -> list[str]:
    """Return why a part cannot be created with a foundation's output; empty if it can."""
    if not outputs:
        return [
            f"the foundation, stack {stack.name}, is not applied: it has no output '{NAME}'\n"
            f"    apply it first: landfall fleet up -s {stack.name} --only foundation"
        ]
    if (version := outputs.get("version")) != VERSION:
        # The engine returns every number as a float.
        found = f"{version:.0f}" if isinstance(version, float | int) else "none"
        return [
            f"the foundation, stack {stack.name}, was applied by another version of Landfall: its "
            f"output '{NAME}' has version {found}, not {VERSION}\n"
            f"    apply it with this version: landfall fleet up -s {stack.name} --only foundation"
        ]
    known = outputs.get("accounts") or {}
    lacks = [name for name in _needed(stack, part) if name not in known]
    if lacks:
        more = f" and {len(lacks) - 1} more" if len(lacks) > 1 else ""
        return [missing(stack.name, f"account {lacks[0]}{more}")]
    return []


def missing(stack: str, what: str) -> str:
    """Return the message that a foundation lacks something of the settings."""
    return (
        f"the foundation, stack {stack}, was applied with earlier settings: it lacks {what}\n"
        f"    apply it first: landfall fleet up -s {stack} --only foundation"
    )


def _needed(stack: Stack, part: Part) -> tuple[str, ...]:
    return tuple(stack.accounts) if part.closing else part.accounts

"""The record of creations that no run in the sandbox has seen end."""

from __future__ import annotations

import json

from landfall.recovery.creations import Resource, unfinished
from landfall.sandbox import event_log
from landfall.sandbox.directories import Directories


def keep(directories: Directories) -> None:
    """Add what the event log of the latest run leaves open to the record of earlier runs."""
    known = {each["urn"]: each for each in recorded(directories)}
    known |= {each["urn"]: each for each in unfinished(event_log.read(directories.events))}
    if known:
        fresh = directories.begun.with_suffix(".new")
        fresh.write_text(json.dumps(list(known.values())), encoding="utf-8")
        fresh.replace(directories.begun)


def recorded(directories: Directories) -> list[Resource]:
    """Return the creations of earlier runs whose outcome is not known yet."""
    try:
        found: list[Resource] = json.loads(directories.begun.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def forget(directories: Directories) -> None:
    """Drop the record: a run came to its end, so every resource is in the state."""
    directories.begun.unlink(missing_ok=True)

"""The record of creations in the sandbox with an unknown outcome."""

from __future__ import annotations

import json

from landfall.engine import event_log
from landfall.recovery.creations import Resource, unfinished
from landfall.sandbox.directories import Directories


def keep(directories: Directories) -> None:
    """Add the unfinished creations of the latest run's event log to the record."""
    known = {each["urn"]: each for each in recorded(directories)}
    known |= {each["urn"]: each for each in unfinished(event_log.read(directories.events))}
    if known:
        fresh = directories.begun.with_suffix(".new")
        fresh.write_text(json.dumps(list(known.values())), encoding="utf-8")
        fresh.replace(directories.begun)


def recorded(directories: Directories) -> list[Resource]:
    """Return the creations of earlier runs with an unknown outcome."""
    try:
        found: list[Resource] = json.loads(directories.begun.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found


def forget(directories: Directories) -> None:
    """Delete the record after a completed run: every resource is in the state."""
    directories.begun.unlink(missing_ok=True)

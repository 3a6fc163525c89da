"""The record of creations in the sandbox with an unknown outcome."""

from __future__ import annotations

import json

from landfall.engine import event_log
from landfall.recovery.creations import Resource, unfinished
from landfall.sandbox.directories import Directories


def keep(directories: Directories) -> None:
    """Add the unfinished creations of all event logs since the last call to the record.

    Each log is read alone: AWS may refuse in one run what an earlier run began.
    """
    known = {each["urn"]: each for each in recorded(directories)}
    others = sorted(directories.runs.glob("*.jsonl"), key=lambda log: log.stat().st_mtime)
    for log in (*others, directories.events):
        known |= {each["urn"]: each for each in unfinished(event_log.read(log))}
    if known:
        fresh = directories.begun.with_suffix(".new")
        fresh.write_text(json.dumps(list(known.values())), encoding="utf-8")
        fresh.replace(directories.begun)
    for log in others:
        log.unlink(missing_ok=True)


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

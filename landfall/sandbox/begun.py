"""Creations that a run began and did not see end, read from the engine's event log.

An interrupted provider answers `context canceled`: the engine then counts the creation as failed
and keeps no pending operation, though AWS may carry it out. The log has the resource with all its
inputs, so that the next run can look it up in AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from landfall.sandbox import event_log
from landfall.sandbox.directories import Directories

Resource = dict[str, Any]

# What providers answer when they gave up waiting. After any other error AWS has refused.
_UNDECIDED: Final = re.compile(
    r"context canceled|context deadline exceeded|timeout while waiting|connection (refused|reset)"
    r"|\bEOF\b|error reading from server|transport is closing",
    re.IGNORECASE,
)
_KEPT: Final = ("urn", "type", "custom", "parent", "provider", "protect", "inputs")


def unfinished(events: Iterable[dict[str, Any]]) -> list[Resource]:
    """Return the resources, as the state writes them, whose creation has no known outcome."""
    begun: dict[str, Resource] = {}
    refused: set[str] = set()
    for event in events:
        if "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"]["metadata"]
            if metadata["op"] == "create" and (metadata.get("new") or {}).get("custom"):
                begun[metadata["urn"]] = metadata["new"]
        elif "resOutputsEvent" in event:
            begun.pop(event["resOutputsEvent"]["metadata"]["urn"], None)
        elif "diagnosticEvent" in event:
            diagnostic = event["diagnosticEvent"]
            text = diagnostic.get("message", "")
            if diagnostic.get("severity") == "error" and not _UNDECIDED.search(text):
                refused.add(diagnostic.get("urn", ""))
    return [_as_state(each) for urn, each in begun.items() if urn not in refused]


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


def _as_state(resource: Resource) -> Resource:
    return {name: resource[name] for name in _KEPT if resource.get(name)}

"""The resources that a run was creating, read from the events of the engine.

An interrupted provider answers `context canceled`: the engine then counts the creation as failed
and keeps no pending operation, though AWS may carry it out. Events carry each resource with all its
inputs, so that it can be looked up in AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

Resource = dict[str, Any]

# The engine's mark of a value that a preview cannot know (`plugin.UnknownStringValue`).
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

# What providers answer when they gave up waiting. After any other error AWS has refused.
_UNDECIDED: Final = re.compile(
    r"context canceled|context deadline exceeded|timeout while waiting|connection (refused|reset)"
    r"|\bEOF\b|error reading from server|transport is closing|client connection is closing"
    # The provider, or the process that it drives, ended before it could answer.
    r"|socket closed|the Terraform provider ended|nothing was created|broken pipe"
    r"|plugin .*(exited|terminated)",
    re.IGNORECASE,
)
_KEPT: Final = ("urn", "type", "custom", "parent", "provider", "protect", "inputs")


def unfinished(events: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return the resources, as the state writes them, whose creation has no known outcome."""
    begun: dict[str, Resource] = {}
    refused: set[str] = set()
    undecided: set[str] = set()
    for event in events:
        if created := _created(event):
            if created.get("custom"):
                begun[created["urn"]] = created
        elif "resOutputsEvent" in event:
            begun.pop(event["resOutputsEvent"]["metadata"]["urn"], None)
        elif "diagnosticEvent" in event:
            diagnostic = event["diagnosticEvent"]
            text = diagnostic.get("message", "")
            if diagnostic.get("severity") == "error":
                says = undecided if _UNDECIDED.search(text) else refused
                says.add(diagnostic.get("urn", ""))
    return [each for urn, each in begun.items() if urn not in refused - undecided]


def planned(events: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return the resources that a preview would create, parents first, components included."""
    return list(_all_created(events))


def half_made(latest: Mapping[str, Any]) -> list[str]:
    """Return the URNs of a state's resources that AWS made and the provider did not read.

    An update does not read them either, and would differ for ever; a refresh does.
    """
    return [each["urn"] for each in latest.get("resources") or [] if each.get("initErrors")]


def is_unknown(value: Any) -> bool:
    """Tell whether a value of a preview holds anything that is known only after an update."""
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, Mapping):
        return any(map(is_unknown, value.values()))
    return isinstance(value, list) and any(map(is_unknown, value))


def _all_created(events: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    for event in events:
        if created := _created(event):
            yield created


def _created(event: Mapping[str, Any]) -> Resource | None:
    metadata = (event.get("resourcePreEvent") or {}).get("metadata") or {}
    if metadata.get("op") != "create" or not metadata.get("new"):
        return None
    resource = metadata["new"]
    return {name: resource[name] for name in _KEPT if resource.get(name)}

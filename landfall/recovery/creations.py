"""Find the resources that a run was creating, from the engine's events.

An interrupted provider answers `context canceled`: the engine then counts the creation as failed
and records no pending operation, although AWS may complete it. The events contain each resource
with all its inputs, so that it can be looked up in AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from landfall.engine.events import Event, Moved, Said, records

Resource = dict[str, Any]

# The engine's marker for a value unknown in a preview (`plugin.UnknownStringValue`).
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

# Errors after which the outcome is unknown. Any other error means that AWS rejected the call.
_UNDECIDED: Final = re.compile(
    r"context canceled|context deadline exceeded|timeout while waiting|connection (refused|reset)"
    r"|\bEOF\b|error reading from server|transport is closing|client connection is closing"
    # The provider or its child process stopped before it answered.
    r"|socket closed|the Terraform provider ended|nothing was created|broken pipe"
    r"|plugin .*(exited|terminated)",
    re.IGNORECASE,
)
_KEPT: Final = ("urn", "type", "custom", "parent", "provider", "protect", "inputs")


def unfinished(events: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return the resources whose creation has an unknown outcome, in the state's format."""
    begun: dict[str, Resource] = {}
    refused: set[str] = set()
    undecided: set[str] = set()
    for event in records(events):
        if isinstance(event, Moved):
            # The preview at the beginning of a `pulumi up` creates nothing.
            if not event.planning and (created := _created(event)) and created.get("custom"):
                begun[created["urn"]] = created
            if event.phase == "done":
                begun.pop(event.step.urn, None)
        elif isinstance(event, Said) and event.severity == "error":
            says = undecided if _UNDECIDED.search(event.message) else refused
            says.add(event.urn)
    return [each for urn, each in begun.items() if urn not in refused - undecided]


def planned(events: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return the resources that a preview would create, parents first, components included."""
    return list(_all_created(events))


def half_made(latest: Mapping[str, Any]) -> list[str]:
    """Return the URNs of resources that AWS created and the provider did not read back.

    An update does not read them either and would always show a difference; a refresh reads them.
    """
    return [each["urn"] for each in latest.get("resources") or [] if each.get("initErrors")]


def is_unknown(value: Any) -> bool:
    """Return whether a preview's value contains anything known only after an update."""
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, Mapping):
        return any(map(is_unknown, value.values()))
    return isinstance(value, list) and any(map(is_unknown, value))


def _all_created(events: Iterable[Mapping[str, Any]]) -> Iterator[Resource]:
    for event in records(events):
        if created := _created(event):
            yield created


def _created(event: Event) -> Resource | None:
    if not isinstance(event, Moved) or event.phase != "begun":
        return None
    resource = event.step.new
    if event.step.operation != "create" or not resource:
        return None
    return {name: resource[name] for name in _KEPT if resource.get(name)}

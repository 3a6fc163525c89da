"""EventBridge: an event reaches the targets of a rule as EventBridge may reach them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule

from landfall.sandbox.services.events.delivering import apply

_send = Rule.send_to_targets


def _send_to_targets(
    self: Rule, original_event: Mapping[str, Any], transform_input: bool = True
) -> None:
    """Deliver an event; an archive, which has no permissions, takes it from the emulator.

    The emulator sends events of S3 to every bus. They reach the default bus only: EventBridge User
    Guide, 'Events from AWS services'.
    """
    if any(_is_archive(each["Arn"]) for each in self.targets):
        _send(self, original_event, transform_input)
        return
    of_service = original_event["source"].startswith("aws.") and "replay-name" not in original_event
    if self.event_bus_name == "default" or not of_service:
        apply(self, _as_sent(original_event))


def _is_archive(arn: str) -> bool:
    parts = arn.split(":", 5)
    return parts[2] == "events" and not parts[-1].strip(":")


def _as_sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with its time as text, and without what the emulator adds."""
    sent = {key: value for key, value in event.items() if key != "ingestion-time"}
    if not isinstance(sent.get("time"), str):
        moment = datetime.fromtimestamp(float(sent["time"]), UTC)
        sent["time"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return sent


Rule.send_to_targets = _send_to_targets

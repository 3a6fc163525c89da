"""EventBridge: event buses, which the provider imports by name."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:cloudwatch/eventBus:EventBus")
def _event_bus(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("events").describe_event_bus(Name=inputs["name"])["Name"]
    return found

"""EventBridge Scheduler: schedules, which the provider imports as GROUP/NAME."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:scheduler/schedule:Schedule")
def _schedule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("scheduler").get_schedule(Name=inputs["name"])
    return f"{found['GroupName']}/{found['Name']}"

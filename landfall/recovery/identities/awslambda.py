"""Lambda: functions."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:lambda/function:Function")
def _function(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("lambda").get_function(FunctionName=inputs["name"])
    return str(inputs["name"])

"""Stacks that are cut, for tests of the fleet."""

from __future__ import annotations

from typing import Any

from landfall.settings import Stack
from landfall.settings.source import Locations
from landfall.validation import parse

ACCOUNTS = {"hub": "Root", "a": "Dev", "b": "Prod", "c": "Prod"}
FLEET: dict[str, Any] = {"slices": {"canary": {"units": "Dev"}}, "waves": "canary"}


def stack_of(
    fleet: dict[str, Any] | None = None,
    accounts: dict[str, str] | None = None,
    **changes: dict[str, Any],
) -> Stack:
    """Return a stack with these accounts, by unit; `changes` are more settings of accounts."""
    found = ACCOUNTS if accounts is None else accounts
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Dev": {}, "Prod": {}}},
        "landfall:quotas": {"accounts": 10_000},
        "landfall:accounts": {
            name: {"email": f"{name}@example.com", "unit": unit, **changes.get(name, {})}
            for name, unit in found.items()
        },
        "landfall:access": {
            "roles": {
                "reader": {
                    "principals": [{"account": "hub", "role": "landfall/auditor"}],
                    "managedPolicies": ["SecurityAudit"],
                }
            }
        },
        "landfall:fleet": FLEET if fleet is None else fleet,
    }
    return parse(config, stack="big", locations=Locations("Pulumi.big.yaml"))

"""The stack file of a fleet: alike accounts, each with a baseline and a role."""

from __future__ import annotations

import json
from typing import Any


def of(count: int, stacks: int, *, changed: bool = False) -> str:
    """Return a stack file of `count` accounts in `stacks` stacks; one has a tag if `changed`."""
    changes = {f"team-{count - 1:04}": {"tags": {"owner": "team"}}} if changed else {}
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "guardrails": ["deny-leaving-organization"],
            "units": {"Workloads": {"guardrails": ["deny-root-user"]}},
        },
        "landfall:quotas": {"accounts": count + 1},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "unit": "Workloads", "purpose": "audit"},
            **{
                name: {"email": f"{name}@example.com", "unit": "Workloads"} | changes.get(name, {})
                for name in (f"team-{number:04}" for number in range(1, count))
            },
        },
        "landfall:baseline": {"budget": {"amount": 100, "notify": ["a@example.com"]}},
        "landfall:access": {
            "roles": {
                "reader": {
                    "principals": [{"account": "audit", "role": "landfall/auditor"}],
                    "managedPolicies": ["SecurityAudit"],
                }
            }
        },
        "landfall:fleet": {"stacks": stacks},
    }
    return json.dumps({"config": config})

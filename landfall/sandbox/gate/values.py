"""Values of the stack file that the sandbox serves: AWS chose or raised them already."""

from __future__ import annotations

import json
import re
from typing import Any

from landfall.sandbox.across_services import quotas
from landfall.sandbox.gate import regions, registry
from landfall.sandbox.gate.answers import Answer
from landfall.sandbox.gate.barrier import barrier
from landfall.sandbox.gate.callers import callers

# API Reference, InstanceArn and IdentityStoreId.
_INSTANCE = re.compile(r"ssoins-[0-9a-zA-Z]{16}")
_STORE = re.compile(r"d-[0-9a-f]{10}")


def take(body: bytes) -> Answer:
    """Take the values of a request, while no other runs.

    The body is `{"homeRegion": REGION, "quotas": {NAME: NUMBER}, "identityCenter": {"instance": ID,
    "identityStore": ID}}`, with names of `landfall:quotas`. Missing and impossible values leave the
    sandbox's own.
    The status is 409 where Identity Center is in use under other ids; nothing changed then.
    """
    values: dict[str, Any] = json.loads(body)
    center = values["identityCenter"]
    instance, store = center.get("instance", ""), center.get("identityStore", "")
    with barrier.alone():
        if _INSTANCE.fullmatch(instance) and _STORE.fullmatch(store):
            # Loading the emulator's service takes a second, which most sandboxes never need.
            registry.load("sso-admin")
            from landfall.sandbox.across_services import identity_center_ids

            if other := identity_center_ids.give(instance, store):
                return _answer(409, other)
        quotas.of_stack(values["quotas"])
        regions.of_stack(callers.account, values["homeRegion"])
    return _answer(200, "")


def _answer(status: int, message: str) -> Answer:
    body = json.dumps({"message": message}).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Answer(status, headers, body)

"""The server's side of `client`: `{"add": FAULT}`, `{"remove": NUMBER or null}`, or a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landfall.sandbox.faults.active import faults
from landfall.sandbox.faults.kinds import read


def answer(body: bytes) -> Mapping[str, Any]:
    """Carry out a request of the client, which has checked the fault; return its answer."""
    asked = json.loads(body) if body else {}
    if "add" in asked:
        return {"id": faults.add(read(asked["add"])).id}
    if "remove" in asked:
        return {"removed": len(faults.remove(asked["remove"]))}
    return {"faults": faults.listed()}

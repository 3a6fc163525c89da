"""Add, list and remove the faults of a running sandbox: for the command and for tests."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from landfall.problems import Problem, ProblemsError
from landfall.sandbox.faults.kinds import read
from landfall.sandbox.server_process import require_loopback

PATH = "/_landfall/faults"


def add(url: str, kind: str, *operations: str, **options: Any) -> int:
    """Add a fault to the sandbox at `url`, and return its number.

    `options` are the fields of `landfall.sandbox.faults.kinds.Fault`. Raises `ProblemsError` with
    every mistake.
    """
    fault = read({"kind": kind, "operations": operations, **options})
    return int(_call(url, {"add": fault.as_json()})["id"])


def listed(url: str) -> list[dict[str, Any]]:
    """Return the faults of the sandbox at `url`, with how many requests each matched and met."""
    found: list[dict[str, Any]] = _call(url)["faults"]
    return found


def remove(url: str, identity: int | None = None) -> int:
    """Remove the fault of a number, or all; return how many were there.

    Raises `ProblemsError` if there is no fault of that number.
    """
    removed = int(_call(url, {"remove": identity})["removed"])
    if identity is not None and not removed:
        fix = "`landfall sandbox faults list` shows their numbers"
        raise ProblemsError([Problem(f"there is no fault {identity}", fix)], exit_status=2)
    return removed


def shown(fault: Mapping[str, Any]) -> str:
    """Render a fault of `listed` as the options that add it."""
    counted = ("id", "matched", "met")
    return str(read({name: value for name, value in fault.items() if name not in counted}))


def _call(url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    require_loopback(url)
    sent = None if body is None else json.dumps(body).encode()
    # A proxy of the user's environment cannot reach the loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url + PATH, sent, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found

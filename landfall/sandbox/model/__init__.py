"""Every request held against AWS's own model of the service, as botocore carries it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.incoming import Incoming


def check(incoming: Incoming) -> Mapping[str, Any]:
    """Return the parsed parameters."""
    return incoming.parse()

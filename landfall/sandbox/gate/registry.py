"""The registries that the gate consults: limits, additions and repairs, one file a service.

Each service's file is imported with the first request of the service, so that a start costs
nothing for services that nobody uses. `landfall/sandbox/limits/NAME.py` holds the limits of the
service that botocore calls NAME, a hyphen being an underscore; additions and repairs likewise.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable, Mapping
from typing import Any

from landfall.sandbox.gate.request import Request

Limit = Callable[[Request], None]
Addition = Callable[[Request], Mapping[str, Any] | None]


class PassOnError(Exception):
    """Raised by an addition that leaves a request to the emulator."""


_ROOMS = ("repairs", "limits", "additions")
_limits: dict[tuple[str, str], list[Limit]] = {}
_additions: dict[tuple[str, str], Addition] = {}
_loaded: set[str] = set()
_lock = threading.RLock()


def limit(service: str, *operations: str) -> Callable[[Limit], Limit]:
    """Register a function that raises an `AWSError` where AWS refuses these operations.

    The operation `*` stands for every operation of the service.
    """

    def register(function: Limit) -> Limit:
        for operation in operations:
            _limits.setdefault((service, operation), []).append(function)
        return function

    return register


def addition(service: str, *operations: str) -> Callable[[Addition], Addition]:
    """Register a function that answers these operations in the emulator's place.

    It returns the operation's output members (None for an empty output), raises an `AWSError`, or
    raises `PassOnError` to leave this one request to the emulator.
    """

    def register(function: Addition) -> Addition:
        for operation in operations:
            if (service, operation) in _additions:
                raise ValueError(f"{service}:{operation} has two additions")
            _additions[service, operation] = function
        return function

    return register


def load(service: str) -> None:
    """Import the repairs, limits and additions of a service, once."""
    if service in _loaded:
        return
    with _lock:
        if service in _loaded:
            return
        name = service.replace("-", "_")
        for room in _ROOMS:
            module = f"landfall.sandbox.{room}.{name}"
            if importlib.util.find_spec(module) is not None:
                importlib.import_module(module)
        _loaded.add(service)


def limits_of(service: str, operation: str) -> list[Limit]:
    """Return the limits of one operation: those of every operation first."""
    return _limits.get((service, "*"), []) + _limits.get((service, operation), [])


def addition_of(service: str, operation: str) -> Addition | None:
    """Return the addition that answers one operation, if there is one."""
    return _additions.get((service, operation))

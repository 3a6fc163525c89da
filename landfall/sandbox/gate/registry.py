"""The registries of limits, additions and repairs, with one folder a service.

A service's files are imported on its first request, so that unused services cost nothing at start.
`landfall/sandbox/services/NAME/` is the folder of the service with the botocore name NAME, with `_`
for `-`; `lambda`, which is a word of Python, is in `awslambda`. Its files are named as in `KINDS`;
a part in a separate file is named `KIND_PART.py` and imported by `KIND.py`. Its `twin.py` is
imported only for a twin: `landfall.sandbox.twin`.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from landfall.sandbox.gate.request import Request

Limit = Callable[[Request], None]
Addition = Callable[[Request], Mapping[str, Any] | None]


class PassOnError(Exception):
    """Raised by an addition that leaves a request to the emulator."""


KINDS = ("repairs", "limits", "additions")
"""The files of a service, in import order."""

SERVICES = Path(__file__).parents[1] / "services"

FOLDERS = {"lambda": "awslambda"}
"""The folders of services whose names no Python module can have."""

_limits: dict[tuple[str, str], list[Limit]] = {}
_additions: dict[tuple[str, str], Addition] = {}
_loaded: set[str] = set()
_lock = threading.RLock()


def limit(service: str, *operations: str) -> Callable[[Limit], Limit]:
    """Register a function that raises an `AWSError` if AWS rejects these operations.

    The operation `*` stands for every operation of the service.
    """

    def register(function: Limit) -> Limit:
        for operation in operations:
            _limits.setdefault((service, operation), []).append(function)
        return function

    return register


def addition(service: str, *operations: str) -> Callable[[Addition], Addition]:
    """Register a function that answers these operations instead of the emulator.

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
        name = FOLDERS.get(service, service.replace("-", "_"))
        for kind in KINDS:
            if (SERVICES / name / f"{kind}.py").is_file():
                importlib.import_module(f"landfall.sandbox.services.{name}.{kind}")
        _loaded.add(service)


def limits_of(service: str, operation: str) -> list[Limit]:
    """Return the limits of one operation, those for every operation first."""
    return _limits.get((service, "*"), []) + _limits.get((service, operation), [])


def addition_of(service: str, operation: str) -> Addition | None:
    """Return the addition for one operation, if there is one."""
    return _additions.get((service, operation))

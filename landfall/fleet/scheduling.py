"""How many parts run at once: as many as asked for, and as the memory is enough for."""

from __future__ import annotations

import os
import re
from typing import Final

import psutil

from landfall.blueprint.parts import Part
from landfall.problems import refuse

MIB: Final = 1024 * 1024
# Resident memory of one run: of the engine, the program and the policy pack, as `make bench-fleet`
# measures them; and of each process of the official provider, as its users report: 170 to 430 MB.
# https://github.com/pulumi/pulumi-aws/issues/5226, https://github.com/pulumi/pulumi-aws/issues/5860
_BASE_MIB: Final = 600
_PROVIDER_MIB: Final = 300
# What is left to everything else on the machine.
_SHARE: Final = 0.8
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 1024, "M": MIB, "G": 1024 * MIB, "T": 1024 * 1024 * MIB}


def memory_of(part: Part) -> int:
    """Return the memory that a run of a part needs, in bytes, by its number of providers."""
    # The foundation and the closing stack work in the accounts of delivery, audit and logs.
    providers = 1 + (len(part.accounts) if part.is_slice or part.is_whole else 3)
    return (_BASE_MIB + providers * _PROVIDER_MIB) * MIB


def limit_of(text: str | None) -> int:
    """Return a limit of memory in bytes, as in `6GiB`. Default: most of what is available.

    Raises:
        ProblemsError: the text is no size.

    """
    if text is None:
        return int(psutil.virtual_memory().available * _SHARE)
    found = _SIZE.fullmatch(text.strip())
    if found is None or not float(found[1]):
        raise refuse(f"--memory {text!r} is not a size", "write it as 6GiB or 800MiB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def default_parallel() -> int:
    """Return how many parts run at once by default: one for each processor."""
    return max(1, os.cpu_count() or 1)


class Room:
    """The room for runs: a number and a limit of memory."""

    def __init__(self, parallel: int, limit: int) -> None:
        self._parallel, self._limit = parallel, limit
        self._taken: dict[str, int] = {}

    def fits(self, part: Part) -> bool:
        """Return whether a part may start now. One part always may, whatever it needs."""
        if not self._taken:
            return True
        needed = sum(self._taken.values()) + memory_of(part)
        return len(self._taken) < self._parallel and needed <= self._limit

    def take(self, part: Part) -> None:
        """Count a part as running."""
        self._taken[part.name] = memory_of(part)

    def free(self, part: Part) -> None:
        """Count a part as ended."""
        self._taken.pop(part.name, None)

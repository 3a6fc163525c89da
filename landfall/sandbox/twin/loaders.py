"""The registry of loaders: how each kind of resource of a snapshot gets into the emulator.

A loader writes what AWS has already accepted, with AWS's ids: no limit applies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.utilities.utils import get_partition

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is: its account and region, and the account that manages all."""

    account: str
    region: str
    management: str
    home: str
    """The home region, whose partition is that of global resources."""

    @property
    def partition(self) -> str:
        """Return the partition: `aws`, `aws-cn` or `aws-us-gov`."""
        return str(get_partition(self.home))


Loader = Callable[[Place, Found], object]

loaders: dict[str, Loader] = {}
"""By kind, in the order in which kinds are loaded."""


def loads(kind: str) -> Callable[[Loader], Loader]:
    """Register the loader of a kind of `landfall.adoption.kinds`."""

    def register(function: Loader) -> Loader:
        loaders[kind] = function
        return function

    return register

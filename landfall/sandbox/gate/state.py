"""State of the additions, by account, region and kind; a reset clears it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from landfall.sandbox.gate.request import Request

T = TypeVar("T")

_stores: list[Store[Any]] = []
_others: list[Callable[[], object]] = []


class Store(Generic[T]):
    """Values of one kind by name, for each account and, unless `everywhere`, each region."""

    def __init__(self, *, everywhere: bool = False) -> None:
        self._everywhere = everywhere
        self._values: dict[tuple[str, str], dict[str, T]] = {}
        self.lock = threading.RLock()
        _stores.append(self)

    def of(self, request: Request) -> dict[str, T]:
        """Return the values in the request's account and region."""
        return self.at(request.account, request.region)

    def at(self, account: str, region: str = "") -> dict[str, T]:
        """Return the values in an account and region."""
        key = (account, "" if self._everywhere else region)
        with self.lock:
            return self._values.setdefault(key, {})

    def everywhere(self, account: str) -> list[dict[str, T]]:
        """Return what there is in an account, one mapping for each region that has something."""
        with self.lock:
            return [it for (owner, _), it in self._values.items() if owner == account and it]

    def clear(self) -> None:
        """Forget every value."""
        with self.lock:
            self._values.clear()


def forget_all() -> None:
    """Empty every store."""
    for store in _stores:
        store.clear()
    for clear in _others:
        clear()


def at_reset(clear: Callable[[], object]) -> Callable[[], object]:
    """Call a function at each reset, for state that is not in a store."""
    _others.append(clear)
    return clear

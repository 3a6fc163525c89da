"""Work that goes on after the request that began it was answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from landfall.sandbox.gate.barrier import barrier


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What is to be done, and the thread that waits to do it."""

    name: str
    act: Callable[[], object]
    timer: threading.Timer


_pending: dict[threading.Timer, _Work] = {}


def later(name: str, seconds: float, act: Callable[[], object]) -> threading.Timer:
    """Call `act` in some seconds, unless the sandbox is reset first; return the thread."""
    timer = threading.Timer(seconds, lambda: _do(work))
    timer.name = name
    timer.daemon = True
    work = _pending[timer] = _Work(name, act, timer)
    timer.start()
    return timer


def settle() -> int:
    """Do at once, in the order of its beginning, all that is pending; return how much it was."""
    works = list(_pending.values())
    for work in works:
        work.timer.cancel()
        _do(work)
    return len(works)


def forget() -> None:
    """Drop all that is pending. Call it while the barrier is held alone."""
    for work in list(_pending.values()):
        work.timer.cancel()
    _pending.clear()


def _do(work: _Work) -> None:
    with barrier.shared(lambda: work.name):
        # It is gone after a reset, which may have come while this thread waited.
        if _pending.pop(work.timer, None) is not None:
            work.act()

"""Work that continues after its request was answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from landfall.sandbox.gate.barrier import barrier


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A pending action and its waiting thread."""

    name: str
    act: Callable[[], object]
    timer: threading.Timer


_pending: dict[threading.Timer, _Work] = {}


def later(name: str, seconds: float, act: Callable[[], object]) -> threading.Timer:
    """Call `act` after some seconds, unless the sandbox is reset before; return the thread."""
    timer = threading.Timer(seconds, lambda: _do(work))
    timer.name = name
    timer.daemon = True
    work = _pending[timer] = _Work(name, act, timer)
    timer.start()
    return timer


def settle() -> int:
    """Run all pending actions now, in order of creation; return their number."""
    works = list(_pending.values())
    for work in works:
        work.timer.cancel()
        _do(work)
    return len(works)


def forget() -> None:
    """Drop all pending actions. The caller must hold the barrier exclusively."""
    for work in list(_pending.values()):
        work.timer.cancel()
    _pending.clear()


def _do(work: _Work) -> None:
    with barrier.shared(lambda: work.name):
        # A reset may have removed it while this thread waited.
        if _pending.pop(work.timer, None) is not None:
            work.act()

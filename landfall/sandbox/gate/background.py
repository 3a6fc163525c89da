"""Work that goes on after the request that began it was answered."""

from __future__ import annotations

import threading
from collections.abc import Callable

from landfall.sandbox.gate.barrier import barrier


def later(name: str, seconds: float, act: Callable[[], object]) -> threading.Timer:
    """Call `act` in some seconds, unless the sandbox is reset first; return the thread."""
    epoch = barrier.epoch

    def run() -> None:
        with barrier.shared(lambda: name):
            if barrier.epoch == epoch:
                act()

    timer = threading.Timer(seconds, run)
    timer.name = name
    timer.daemon = True
    timer.start()
    return timer

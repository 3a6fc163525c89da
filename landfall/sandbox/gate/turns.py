"""Answer one call of a service at a time: the emulator's models are not written for threads.

Many of them look whether something exists, then make it: of two calls at once, one makes what the
other has made already, and what that one has written is lost.

A call may run code that calls the sandbox again: a function, or a subscriber of a topic. So a call
waits for its turn only for a time, then goes on without.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_PATIENCE: Final = 2.0  # seconds
# Calls that only pass something on to be run, or carry much data.
_RUNNING: Final = ("Invoke", "Publish", "Send", "Start", "Stop")
_CARRYING: Final = ("Events", "Object", "Part", "Upload")


class Turns:
    """A lock for each service, which the same thread may take again."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._locks: dict[str, threading.RLock] = defaultdict(threading.RLock)
        self._making = threading.Lock()

    @contextmanager
    def of(self, service: str, operation: str) -> Iterator[None]:
        """Run the body in the turn of a service."""
        if operation.startswith(_RUNNING) or operation.endswith(_CARRYING):
            yield
            return
        with self._making:
            lock = self._locks[service]
        taken = lock.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if taken:
                lock.release()


turns = Turns()

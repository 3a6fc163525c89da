"""Separate requests and resets: each request runs entirely before or after a reset.

A readers-writer lock: requests and background work share it, a reset holds it exclusively. A
waiting reset blocks new requests, so it cannot starve. A running request may itself wait for a
blocked request: an SNS topic of the emulator posts to an HTTP endpoint, which may be the sandbox.
So requests are blocked only briefly; then the waiting ones are admitted, and the reset continues to
wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Description = Callable[[], str]

_PATIENCE = 0.5  # seconds
# In seconds; clients wait longer for a reset. On a loaded machine, a request takes long.
_TIMEOUT = 100.0


class BusyError(Exception):
    """A reset timed out; the message lists the running requests."""

    def __init__(self, running: list[str], seconds: float) -> None:
        super().__init__(f"after {seconds:g} s, these are still running: {', '.join(running)}")


class Barrier:
    """The lock: many requests at a time, or one reset."""

    def __init__(self, patience: float = _PATIENCE, timeout: float = _TIMEOUT) -> None:
        self._patience = patience
        self._timeout = timeout
        self._resets = threading.Lock()
        self._lock = threading.Lock()
        self._opened = threading.Condition(self._lock)
        self._emptied = threading.Condition(self._lock)
        self._closed = False
        self._inside: dict[object, Description] = {}
        self._waiting: dict[object, Description] = {}

    @contextmanager
    def shared(self, description: Description) -> Iterator[None]:
        """Run the body concurrently with other requests, but not with a reset."""
        ticket = object()
        with self._lock:
            if self._closed:
                self._waiting[ticket] = description
                self._opened.wait_for(lambda: ticket in self._inside)
            else:
                self._inside[ticket] = description
        try:
            yield
        finally:
            with self._lock:
                del self._inside[ticket]
                if self._closed and not self._inside:
                    self._emptied.notify()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run the body while no request runs; raises `BusyError` on timeout."""
        with self._resets:
            try:
                with self._lock:
                    self._closed = True
                    self._wait_until_empty()
                yield
            finally:
                with self._lock:
                    self._closed = False
                    self._admit()

    def _wait_until_empty(self) -> None:
        deadline = time.monotonic() + self._timeout
        while not self._emptied.wait_for(lambda: not self._inside, self._patience):
            if time.monotonic() >= deadline:
                running = sorted(description() for description in self._inside.values())
                raise BusyError(running, self._timeout)
            self._admit()

    def _admit(self) -> None:
        """Admit the waiting requests. They count as running at once, not when they wake up."""
        self._inside.update(self._waiting)
        self._waiting.clear()
        self._opened.notify_all()


barrier = Barrier()

"""Keeps requests and resets apart: each request runs wholly before or wholly after a reset.

A readers-writer lock: requests and background work share it, a reset has it alone. A waiting reset
holds new requests back, so it cannot starve. A running request may itself wait for such a request:
an SNS topic of the emulator posts to an HTTP endpoint, which may be the sandbox. So requests are
held back for a short time only; then those that wait are let in, and the reset goes on waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Description = Callable[[], str]

_PATIENCE = 0.5  # seconds
# Seconds; clients wait longer for a reset. On a starved machine a request takes long.
_TIMEOUT = 100.0


class BusyError(Exception):
    """A reset gave up waiting; the message names the requests that still run."""

    def __init__(self, running: list[str], seconds: float) -> None:
        super().__init__(f"after {seconds:g} s these still run: {', '.join(running)}")


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
        """Run the body beside other requests, but beside no reset."""
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
        """Run the body while no request runs; raises `BusyError` where one does not end."""
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
        """Let in the requests that wait. They count as inside at once, not when they wake up."""
        self._inside.update(self._waiting)
        self._waiting.clear()
        self._opened.notify_all()


barrier = Barrier()

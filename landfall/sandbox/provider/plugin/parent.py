"""The parent process, whose end can be awaited.

A killed process does not notify its children. Linux has a process descriptor that is
readable once the process has ended (pidfd_open(2)), macOS has an event (kqueue(2), NOTE_EXIT).
Standard input is not reliable: another process may hold its other end.
"""

from __future__ import annotations

import os
import select
import sys

_CHECK = 1.0  # seconds between checks if the system has neither, or forbids it


class Parent:
    """The parent of this process at the time of the call; call it early."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._end = _end_of(self._pid)

    def wait(self, descriptor: int) -> bool:
        """Wait until the parent has ended (true), or `descriptor` can be read (false)."""
        watched = [descriptor] if self._end is None else [descriptor, self._end]
        timeout = _CHECK if self._end is None else None
        # The pid may have been reused before `_end_of` opened it; then we have a new parent.
        while os.getppid() == self._pid:
            ready, _, _ = select.select(watched, [], [], timeout)
            if ready:
                return descriptor not in ready
        return True


def _end_of(pid: int) -> int | None:
    """Return a descriptor that is readable when a process has ended; None if unsupported."""
    try:
        if sys.platform == "linux":
            return os.pidfd_open(pid)
        if sys.platform == "darwin":
            end = select.kqueue()
            event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            end.control([event], 0)
            return os.dup(end.fileno())  # the object closes its own descriptor
    except (AttributeError, OSError):
        return None  # a Python built for an older Linux; a container that forbids the call
    return None

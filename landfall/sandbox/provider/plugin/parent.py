"""The process that started this one, whose end can be awaited.

A process that is killed tells none of its children. Linux has a descriptor of a process that is
readable once the process has ended (pidfd_open(2)), macOS has an event (kqueue(2), NOTE_EXIT).
Standard input is no sign: another process may hold its other end.
"""

from __future__ import annotations

import os
import select
import sys

_CHECK = 1.0  # seconds between looks where the system has neither, or forbids it


class Parent:
    """The parent of this process at the time of the call, which should come early."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._end = _end_of(self._pid)

    def wait(self, descriptor: int) -> bool:
        """Wait until the parent has ended (true), or `descriptor` can be read (false)."""
        watched = [descriptor] if self._end is None else [descriptor, self._end]
        timeout = _CHECK if self._end is None else None
        # Its id may have gone to another process before `_end_of` saw it; ours to a new parent.
        while os.getppid() == self._pid:
            ready, _, _ = select.select(watched, [], [], timeout)
            if ready:
                return descriptor not in ready
        return True


def _end_of(pid: int) -> int | None:
    """Return a descriptor that can be read once a process has ended; None where there is none."""
    try:
        if sys.platform == "linux":
            return os.pidfd_open(pid)
        if sys.platform == "darwin":
            end = select.kqueue()
            event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            end.control([event], 0)
            return os.dup(end.fileno())  # the object closes its own when it is collected
    except (AttributeError, OSError):
        return None  # a Python built for an older Linux; a container that forbids the call
    return None

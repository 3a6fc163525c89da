"""File locks: one process at a time; the others wait and print the reason.

A lock belongs to an open file, so it ends with the processes that hold it, even if they are killed.
A child that inherits the file (`pass_fds`) keeps the lock if its parent is killed.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from toolchain.progress import EVERY_SECONDS

_LOOKS_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that is held, with a note of its purpose."""

    _file: TextIO

    @property
    def descriptor(self) -> int:
        """The descriptor of the file, for children that must hold the lock too."""
        return self._file.fileno()

    def note(self, doing: str) -> None:
        """Write the current step, for the processes that wait."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(doing)
        self._file.flush()


class Waiting:
    """Reports that another process is `doing` something, and repeats it at intervals."""

    def __init__(self, report: Callable[[str], None], doing: str) -> None:
        self._report = report
        self._doing = doing
        self._next = 0.0

    def __call__(self, note: str, seconds: float) -> None:
        """Report the wait if it is long enough."""
        if seconds >= self._next:
            self._next += EVERY_SECONDS
            waited = f", {seconds:.0f} s" if seconds >= 1 else ""
            now = f" ({note})" if note else ""
            self._report(f"Another process is {self._doing}{now}; waiting for it{waited}")


@contextmanager
def alone(path: Path, waiting: Callable[[str, float], None]) -> Iterator[Held]:
    """Hold the lock of a file, which is created if missing and never deleted.

    While another process holds it, call `waiting` with its note and the seconds waited so far.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        began = time.monotonic()
        while not _is_locked(file):
            file.seek(0)
            waiting(file.read(), time.monotonic() - began)
            time.sleep(_LOOKS_EVERY)
        held = Held(file)
        held.note("")
        yield held


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

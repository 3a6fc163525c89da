"""The course of a rehearsal: what ran, when, and how it ended. Pure; views render it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

RUNNING = "InProgress"


@dataclass(slots=True)
class Entry:
    """One action of one execution, or a condition of a stage (`is_condition`).

    `message` is its error; `began` and `ended` are seconds since the start of the rehearsal. `live`
    is what it deployed, in the account of the id `account`.
    """

    pipeline: str
    execution: str
    stage: str
    action: str
    began: float
    status: str = RUNNING
    ended: float = 0.0
    note: str = ""
    summary: str = ""
    code: str = ""
    message: str = ""
    live: str = ""
    account: str = ""
    more: str = ""
    is_rollback: bool = False
    is_condition: bool = False


@dataclass(slots=True)
class Ended:
    """How an execution ended; `back_to` is the execution to which a rollback went."""

    pipeline: str
    execution: str
    status: str
    why: str = ""
    back_to: str = ""


@dataclass(slots=True)
class Course:
    """All entries of a rehearsal, in the order of their start; `changed` hears of each change."""

    changed: Callable[[Entry], None] = lambda _: None
    entries: list[Entry] = field(default_factory=list)
    ends: list[Ended] = field(default_factory=list)
    is_interrupted: bool = False
    started: float = field(default_factory=time.monotonic)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def now(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def begin(self, entry: Entry) -> Entry:
        """Add an entry."""
        with self._lock:
            self.entries.append(entry)
            self.changed(entry)
        return entry

    def note(self, entry: Entry, text: str) -> None:
        """Note the progress of an entry."""
        with self._lock:
            entry.note = text
            self.changed(entry)

    def end(self, entry: Entry, status: str) -> None:
        """End an entry."""
        with self._lock:
            entry.status, entry.ended, entry.note = status, self.now, ""
            self.changed(entry)

    @property
    def has_succeeded(self) -> bool:
        """Return whether every execution succeeded, or stopped where it was asked to."""
        return (
            bool(self.ends)
            and not self.is_interrupted
            and all(each.status in ("Succeeded", "Stopped") for each in self.ends)
        )

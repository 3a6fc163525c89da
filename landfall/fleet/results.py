"""The results of a run of a fleet: one for each part, and their summary for users and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from landfall import printable

DONE: Final = "done"
SKIPPED: Final = "unchanged"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"
NOT_RUN: Final = "not run"
WAITING: Final = "waits for the foundation"
"""A preview cannot show a part whose ids the foundation does not have yet."""

_PAST: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "import": "imported",
    "same": "unchanged",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one part; `changes` counts resources by operation, `problems` are messages."""

    part: str
    stack: str
    wave: int
    status: str
    seconds: float = 0.0
    changes: Mapping[str, int] = field(default_factory=dict, hash=False)
    problems: tuple[str, ...] = ()
    drifted: int = 0

    def line(self) -> str:
        """Return the result in one line."""
        if self.status in (SKIPPED, NOT_RUN, WAITING):
            return f"{self.part}: {self.status}"
        counted = [
            f"{count} {_PAST.get(operation, operation)}"
            for operation, count in self.changes.items()
            if count and operation in _PAST
        ]
        if self.drifted:
            counted.append(f"{self.drifted} drifted")
        told = f": {', '.join(counted)}" if counted else ""
        return f"{self.part}: {self.status} in {self.seconds:.0f} s{told}"

    def value(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "part": self.part,
            "stack": self.stack,
            "wave": self.wave,
            "status": self.status,
            "seconds": round(self.seconds, 1),
            "changes": dict(self.changes),
            "drifted": self.drifted,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """The results of one run of `command` for `stack`."""

    stack: str
    command: str
    results: tuple[Result, ...]
    seconds: float

    @property
    def exit_status(self) -> int:
        """0 if every part succeeded, 130 after an interrupt, else 1; drift is 1, too."""
        found = {result.status for result in self.results}
        if INTERRUPTED in found:
            return 130
        drifted = any(result.drifted for result in self.results)
        return 1 if drifted or found & {FAILED, NOT_RUN} else 0

    def value(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return {
            "stack": self.stack,
            "command": self.command,
            "seconds": round(self.seconds, 1),
            "succeeded": self.exit_status == 0,
            "parts": [result.value() for result in self.results],
        }

    def lines(self) -> Iterator[str]:
        """Yield the summary for users: what failed with its messages, then one line."""
        for result in self.results:
            if result.problems:
                yield f"{result.part}:"
                for problem in result.problems:
                    yield from (f"  {line}" for line in problem.splitlines())
        counts: dict[str, int] = {}
        changes: dict[str, int] = {}
        for result in self.results:
            counts[result.status] = counts.get(result.status, 0) + 1
            for operation, count in result.changes.items():
                changes[operation] = changes.get(operation, 0) + count
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        resources = ", ".join(
            f"{changes[operation]} {past}"
            for operation, past in _PAST.items()
            if changes.get(operation)
        )
        behind = f" Resources: {resources}." if resources else ""
        yield printable.one_line(
            f"Fleet {self.stack}, {self.command}: {told} in {self.seconds:.0f} s.{behind}"
        )

"""Detect drift with the engine's refresh: changes in AWS since the stack was applied.

No program runs: the refresh compares the state with what the providers read. Reports contain no
values, because any value may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landfall import printable
from landfall.engine import event_log, running
from landfall.engine.events import steps
from landfall.problems import ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Report
from landfall.reports import json_text

CHANGED, GONE = "changed", "gone"


@dataclass(frozen=True, slots=True, order=True)
class Drifted:
    """One resource that differs from the state; `properties` are the differing ones."""

    urn: str
    what: str
    properties: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """The resource's type, as in `aws:iam/role:Role`."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift of one stack; `looked_at` is the number of its resources."""

    stack: str
    looked_at: int
    drifted: tuple[Drifted, ...]

    def written(self, format: str) -> str:
        """Return the report as `text`, `markdown` or `json`."""
        if format == "json":
            return json_text.written(self._value())
        return "\n".join(self._markdown() if format == "markdown" else self._text()) + "\n"

    def _value(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "lookedAt": self.looked_at,
            "drifted": [
                {
                    "urn": each.urn,
                    "type": each.type,
                    "name": each.name,
                    "what": each.what,
                    "properties": list(each.properties),
                }
                for each in self.drifted
            ],
        }

    def _summary(self) -> str:
        if not self.drifted:
            return f"Stack {self.stack} has no drift ({self.looked_at} resources)."
        count = len(self.drifted)
        verb = "has" if count == 1 else "have"
        return f"{count} of {self.looked_at} resources of stack {self.stack} {verb} drifted."

    def _text(self) -> Iterator[str]:
        for each in self.drifted:
            behind = f": {', '.join(each.properties)}" if each.properties else ""
            yield printable.one_line(f"{each.type} {each.name} is {each.what}{behind}")
        yield self._summary()

    def _markdown(self) -> Iterator[str]:
        yield f"### Drift of {printable.markdown(self.stack)}\n"
        yield printable.markdown(self._summary())
        if self.drifted:
            yield "\n| resource | | properties |\n|---|---|---|"
        for each in self.drifted:
            properties = ", ".join(map(printable.code, each.properties))
            yield f"| {printable.code(f'{each.type} {each.name}')} | {each.what} | {properties} |"


def look(stack: str, checkout: Path, role: str, report: Report) -> Drift:
    """Compare AWS with a stack's state, using `role` in its accounts.

    Raises:
        ProblemsError: the settings are invalid (status 1), or the comparison failed (2).

    """
    with copies.opened(stack, checkout, role, report) as copy:
        log = copy.folder / "events.jsonl"
        done = copy.run("refresh", "--preview-only", "--stack", stack, *event_log.option(log))
        events = event_log.take(log)
        if problems := copies.errors(events, stack):
            raise ProblemsError(problems, exit_status=2)
        if done.returncode:
            said = copies.shortened(running.said(done))
            raise refuse(f"the refresh of stack {stack} failed", said)
        return read(stack, events)


def read(stack: str, events: list[Mapping[str, Any]]) -> Drift:
    """Return the drift in the events of a refresh."""
    drifted, seen = [], 0
    for step in steps(events, "done"):
        if step.type.startswith(("pulumi:", "landfall:")):
            continue
        seen += 1
        if step.operation == "delete":
            drifted.append(Drifted(step.urn, GONE))
        elif step.operation != "same":
            drifted.append(Drifted(step.urn, CHANGED, tuple(sorted(step.detailed))))
    return Drift(stack, seen, tuple(sorted(drifted)))

"""What was changed in AWS since the stack was applied, found by the engine's own refresh.

No program runs: the state tells what there should be, the providers read what there is. Values are
never repeated, as any of them may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landfall import printable
from landfall.problems import ProblemsError, refuse
from landfall.provisioning import copies
from landfall.provisioning.copies import Report
from landfall.reports import json_text

CHANGED, GONE = "changed", "gone"


@dataclass(frozen=True, slots=True, order=True)
class Drifted:
    """One resource that is not as the state says; `properties` are those that differ."""

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
    """What was found of one stack; `looked_at` counts its resources."""

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
            return f"Stack {self.stack} stands as it was applied ({self.looked_at} resources)."
        count = len(self.drifted)
        verb = "is" if count == 1 else "are"
        return (
            f"{count} of {self.looked_at} resources {verb} not as stack {self.stack} was applied."
        )

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
    """Compare AWS with the state of a stack, acting as `role` in its accounts.

    Raises:
        ProblemsError: the settings are wrong (status 1), or not all could be looked at (2).

    """
    with copies.opened(stack, checkout, role, report) as copy:
        log = copy.folder / "events.jsonl"
        done = copy.run("refresh", "--preview-only", "--stack", stack, "--event-log", str(log))
        events = list(copies.events(log))
        if problems := copies.errors(events, stack):
            raise ProblemsError(problems, exit_status=2)
        if done.returncode:
            said = copies.shortened(done.stderr.strip() or done.stdout.strip())
            raise refuse(f"stack {stack} could not be looked at", said)
        return read(stack, events)


def read(stack: str, events: list[Mapping[str, Any]]) -> Drift:
    """Return what the events of a refresh tell."""
    drifted, seen = [], 0
    for event in events:
        metadata = (event.get("resOutputsEvent") or {}).get("metadata") or {}
        if not metadata or metadata["type"].startswith(("pulumi:", "landfall:")):
            continue
        seen += 1
        if metadata["op"] == "delete":
            drifted.append(Drifted(metadata["urn"], GONE))
        elif metadata["op"] != "same":
            differing = metadata.get("detailedDiff") or {}
            drifted.append(Drifted(metadata["urn"], CHANGED, tuple(sorted(differing))))
    return Drift(stack, seen, tuple(sorted(drifted)))

"""Print what a first `up` waited for, from the times in its state: python -m bench.critical_path.

Reads `pulumi stack export` from standard input or a file. A resource begins when the last of those
that it needs (dependencies, parent, provider) exists, and ends at its time of creation in the
state, so its time includes waiting for a free place among the engine's operations. The path leads
from the resource that was created last back to one that needs nothing. Only a state that
one run has created shows this; later runs keep the times of creation.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Created:
    """A resource, its time of creation (Unix time), and the URNs of what it needs."""

    urn: str
    at: float
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The kind and the name."""
        kind, name = self.urn.split("::")[2].rpartition("$")[2], self.urn.split("::", 3)[3]
        return f"{name} ({kind})"


@dataclass(frozen=True, slots=True)
class Waited:
    """One step of the path: `began` and `ended` are seconds since the first creation."""

    name: str
    began: float
    ended: float

    def line(self) -> str:
        """Return it as one line."""
        took = self.ended - self.began
        return f"{self.began:7.1f} to {self.ended:6.1f} s  {took:6.1f} s  {self.name}"


def path(resources: Sequence[Mapping[str, Any]]) -> list[Waited]:
    """Return the critical path of a state, the first step first."""
    found = {each.urn: each for each in _created(resources)}
    if not found:
        return []
    first = min(each.at for each in found.values())
    steps: list[Waited] = []
    last: Created | None = max(found.values(), key=lambda each: each.at)
    while last is not None:
        before = [found[urn] for urn in last.needs if urn in found and found[urn].at <= last.at]
        needed = max(before, key=lambda each: each.at, default=None)
        began = needed.at if needed else first
        steps.append(Waited(last.name, began - first, last.at - first))
        last = needed
    return steps[::-1]


def _created(resources: Sequence[Mapping[str, Any]]) -> Iterator[Created]:
    """Yield the resources of providers. Children wait for what their components wait for."""
    by_urn = {each["urn"]: each for each in resources}
    children: dict[str, list[str]] = {}
    for each in resources:
        children.setdefault(str(each.get("parent") or ""), []).append(each["urn"])

    def real(urn: str) -> Iterator[str]:
        """Yield a resource, or those below a component."""
        if by_urn.get(urn, {}).get("custom"):
            yield urn
        else:
            for child in children.get(urn, ()):
                yield from real(child)

    for each in resources:
        if not each.get("custom") or not each.get("created"):
            continue
        needs = {*(each.get("dependencies") or ())}
        needs.add(str(each.get("provider") or "").rpartition("::")[0])
        above = by_urn.get(str(each.get("parent") or ""), {})
        while above and not above.get("custom"):
            needs |= {*(above.get("dependencies") or ())}
            above = by_urn.get(str(above.get("parent") or ""), {})
        needs.add(str(above.get("urn") or ""))
        at = datetime.fromisoformat(each["created"]).timestamp()
        found = {urn for need in needs if need for urn in real(need)}
        yield Created(each["urn"], at, tuple(sorted(found - {each["urn"]})))


def main() -> None:
    """Print the path of a state."""
    parser = argparse.ArgumentParser(description="Print what a first up waited for.")
    parser.add_argument("file", nargs="?", type=Path, help="what `pulumi stack export` printed")
    given: Path | None = parser.parse_args().file
    text = given.read_text(encoding="utf-8") if given else sys.stdin.read()
    content = json.loads(text)
    latest = content.get("deployment") or content.get("checkpoint", {}).get("latest") or {}
    steps = path(latest.get("resources") or [])
    for step in steps:
        print(step.line())
    if steps:
        print(f"{len(steps)} steps, {steps[-1].ended:.0f} s from the first creation to the last")


if __name__ == "__main__":
    main()

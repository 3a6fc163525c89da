"""The plan of a fleet: waves, parts, and which would run. Needs neither engine nor AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landfall.blueprint.parts import Part
from landfall.fleet.choosing import Waves, label
from landfall.fleet.journal import Journal
from landfall.fleet.scheduling import MIB, memory_of
from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Planned:
    """One part of the plan; `latest` is what its latest run was, empty if there was none."""

    part: Part
    stack: str
    wave: int
    latest: str

    def value(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "part": label(self.part),
            "stack": self.stack,
            "wave": self.wave,
            "accounts": list(self.part.accounts),
            "memoryMiB": memory_of(self.part) // MIB,
            "latest": self.latest,
        }

    def line(self) -> str:
        """Return it as one line."""
        count = len(self.part.accounts)
        has = f", {count} account{'s' if count != 1 else ''}" if self.part.is_slice else ""
        latest = self.latest or "never run"
        memory = memory_of(self.part) / MIB / 1024
        return f"  {label(self.part)} ({self.stack}){has}, about {memory:.1f} GiB: {latest}"


def plan(stack: Stack, waves: Waves, journal: Journal) -> list[Planned]:
    """Return the parts of the waves in their order."""
    found = []
    for number, wave in enumerate(waves, start=1):
        for part in wave:
            entry = journal.entries.get(part.name)
            latest = f"{entry.command} {entry.status}" if entry and entry.status else ""
            found.append(Planned(part, part.stack_of(stack.name), number, latest.strip()))
    return found


def lines(stack: Stack, planned: list[Planned]) -> Iterator[str]:
    """Yield the plan for users."""
    last = 0
    for each in planned:
        if each.wave != last:
            last = each.wave
            yield f"Wave {each.wave}"
        yield each.line()
    accounts = sum(len(each.part.accounts) for each in planned)
    yield (
        f"Fleet {stack.name}: {len(planned)} parts in {last} waves, {accounts} of "
        f"{len(stack.accounts)} accounts."
    )

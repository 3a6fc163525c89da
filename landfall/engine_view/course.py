"""The progress of an engine run: finished, running and failed changes by concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from landfall.engine.events import STACK_TYPE, Ended, Event, Moved, Objected, Said, Step
from landfall.engine_view import words
from landfall.engine_view.concerns import STACK, Concerns

SLOW_SECONDS: Final = 10
"""A step that runs longer is reported as slow."""

# Why AWS takes long, by operation and type: both are asynchronous requests.
_REASONS: Final = {
    ("create", "aws:organizations/account:Account"): "CreateAccount in progress",
    ("delete", "aws:organizations/account:Account"): "CloseAccount in progress",
}

Plan = Mapping[str, frozenset[str]]
"""The URNs that a run will change, by concern."""


@dataclass(slots=True)
class Tally:
    """The changes of one concern: finished ones by operation, and failed URNs."""

    done: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)
    failed: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slow:
    """A slow step, and what AWS is doing, if known."""

    step: Step
    concern: str
    seconds: int
    reason: str

    def __str__(self) -> str:
        """Render as `creating organizations/account audit (CreateAccount in progress)`."""
        verb = words.DOING.get(self.step.operation, self.step.operation)
        reason = f" ({self.reason})" if self.reason else ""
        return f"{verb} {self.step.kind} {self.step.name}{reason}"


class Course:
    """Tracks the events of one run; `plan` are the changes of its preview."""

    def __init__(
        self, concerns: Concerns, plan: Plan | None = None, *, is_preview: bool = False
    ) -> None:
        self.tallies: dict[str, Tally] = {}
        self.changes: dict[str, Step] = {}
        self.resources: dict[str, Step] = {}
        self.said: list[Said] = []
        self.objected: dict[Objected, None] = {}
        self.ended: Ended | None = None
        self.is_preview = is_preview
        self._concerns = concerns
        self._concern_of: dict[str, str] = {}
        self._at_work: dict[str, tuple[Step, int]] = {}
        self._plan = dict(plan or {})
        self._told: set[str] = set()

    def add(self, event: Event) -> None:
        """Process one event."""
        if isinstance(event, Moved):
            self._move(event)
        elif isinstance(event, Said):
            self.said.append(event)
        elif isinstance(event, Objected):
            self.objected[event] = None
        else:
            self.ended = event

    def _move(self, event: Moved) -> None:
        step = event.step
        concern = self._concerns.of(step)
        self._concern_of[step.urn] = concern
        tally = self.tallies.setdefault(concern, Tally())
        if event.phase == "begun":
            self.resources[step.urn] = step
            if step.changes:
                self.changes[step.urn] = step
            if step.type != STACK_TYPE:
                self._at_work[step.urn] = step, event.at
            return
        self._at_work.pop(step.urn, None)
        if event.phase == "failed":
            tally.failed[step.urn] = None
        elif step.changes and step.urn not in tally.finished:
            tally.finished.add(step.urn)
            tally.done[step.operation] += 1

    @property
    def plan(self) -> Plan:
        """The changes of the run by concern; for a preview, the plan of the next update."""
        found: dict[str, set[str]] = {}
        for urn in self.changes:
            found.setdefault(self._concern_of[urn], set()).add(urn)
        return {concern: frozenset(urns) for concern, urns in found.items()}

    @property
    def total(self) -> int:
        """The number of changes of the run; 0 without a preview."""
        return sum(map(len, self._plan.values()))

    @property
    def done(self) -> Counter[str]:
        """The finished changes by operation."""
        return sum((tally.done for tally in self.tallies.values()), Counter[str]())

    @property
    def failed(self) -> list[str]:
        """The URNs of failed resources."""
        return [urn for tally in self.tallies.values() for urn in tally.failed]

    @property
    def at_work(self) -> list[Step]:
        """The running steps, the longest-running first."""
        return [step for step, _ in sorted(self._at_work.values(), key=lambda pair: pair[1])]

    def concern(self, urn: str) -> str:
        """Return the concern of a resource; empty for an unknown one."""
        return self._concern_of.get(urn, "")

    def of_concern(self, concern: str) -> tuple[int, int]:
        """Return the finished and total changes of a concern; a total of 0 is unknown."""
        tally = self.tallies.get(concern, Tally())
        return len(tally.finished), len(self._plan.get(concern, ()))

    def finished(self, *, at_end: bool = False) -> Iterator[tuple[str, Tally]]:
        """Yield each concern once all its planned changes are done; at the end, all others."""
        for concern, tally in self.tallies.items():
            if concern in self._told or concern == STACK or not (tally.finished or tally.failed):
                continue
            planned = self._plan.get(concern)
            if at_end or (planned and planned <= tally.finished | set(tally.failed)):
                self._told.add(concern)
                yield concern, tally

    def slow(self, now: float) -> list[Slow]:
        """Return the slow changes, the longest-running first.

        Components are excluded: they run as long as their children.
        """
        found = [
            Slow(step, self._concern_of[step.urn], int(now - since), _reason(step))
            for step, since in self._at_work.values()
            if now - since >= SLOW_SECONDS and _is_custom(step) and step.operation in words.DOING
        ]
        return sorted(found, key=lambda each: -each.seconds)


def _is_custom(step: Step) -> bool:
    is_provider = step.type.startswith("pulumi:providers:")
    return bool((step.new or step.old).get("custom")) and not is_provider


def _reason(step: Step) -> str:
    return _REASONS.get((step.operation, step.type), "")

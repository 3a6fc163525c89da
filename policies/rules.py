"""Rules and their registry. A rule is small, has an id for life, and says what to change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from policies.values import Resource

Severity = Literal["critical", "high", "medium", "low"]
Level = Literal["mandatory", "advisory"]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with which property of which resource; never quotes a property's value."""

    resource: Resource
    property: str
    what: str


Check = Callable[[Resource], Iterator[Violation]]
StackCheck = Callable[[Sequence[Resource]], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is demanded, how grave it is, which controls it answers, and how to satisfy it."""

    id: str
    title: str
    fix: str
    severity: Severity
    level: Level
    controls: tuple[str, ...]
    types: tuple[str, ...]

    def message(self, violation: Violation) -> str:
        """Return what the engine shows."""
        place = f"{violation.property}: " if violation.property else ""
        return f"[{self.id}] {place}{violation.what}. {self.fix}"


RESOURCE_RULES: dict[str, list[tuple[Rule, Check]]] = defaultdict(list)
STACK_RULES: list[tuple[Rule, StackCheck]] = []


def all_rules() -> list[Rule]:
    """Return every rule once, by id."""
    found = {rule.id: rule for pairs in RESOURCE_RULES.values() for rule, _ in pairs}
    found |= {rule.id: rule for rule, _ in STACK_RULES}
    return [found[key] for key in sorted(found)]


def resource_rule(
    id: str,
    title: str,
    *,
    fix: str,
    types: Sequence[str],
    severity: Severity = "high",
    level: Level = "mandatory",
    controls: Sequence[str] = (),
) -> Callable[[Check], Check]:
    """Register a check that one resource decides; it stops `up` before the resource is made."""
    rule = Rule(id, title, fix, severity, level, tuple(controls), tuple(types))

    def register(check: Check) -> Check:
        for token in types:
            RESOURCE_RULES[token].append((rule, check))
        return check

    return register


def stack_rule(
    id: str,
    title: str,
    *,
    fix: str,
    types: Sequence[str],
    severity: Severity = "high",
    level: Level = "mandatory",
    controls: Sequence[str] = (),
) -> Callable[[StackCheck], StackCheck]:
    """Register a check that needs several resources together; it stops `up` at its preview."""
    rule = Rule(id, title, fix, severity, level, tuple(controls), tuple(types))

    def register(check: StackCheck) -> StackCheck:
        STACK_RULES.append((rule, check))
        return check

    return register

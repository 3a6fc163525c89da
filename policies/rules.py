"""Rules and their registry. A rule is small, has a stable id, and says how to fix a violation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from landfall import rules
from landfall.rules import Level, Registry, Severity
from policies.values import Resource, Stack

__all__ = ["Controls", "Rule", "Violation", "all_rules", "find"]

Scope = Literal["resource", "stack"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation: the resource, its property, and what is wrong; it never quotes a value."""

    resource: Resource
    property: str
    what: str


Check = Callable[[Resource], Iterator[Violation]]
StackCheck = Callable[[Resource, Stack], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls that a rule covers, by the ids of each framework.

    `fsbp` is AWS Foundational Security Best Practices (the ids of Security Hub), `cis3` and `cis5`
    the CIS AWS Foundations Benchmark 3.0 and 5.0, `nist` NIST SP 800-53 revision 5.
    """

    fsbp: tuple[str, ...] = ()
    cis3: tuple[str, ...] = ()
    cis5: tuple[str, ...] = ()
    nist: tuple[str, ...] = ()

    def labels(self) -> list[str]:
        """Return every control, prefixed with its framework."""
        named = (
            ("FSBP", self.fsbp),
            ("CIS-3.0", self.cis3),
            ("CIS-5.0", self.cis5),
            ("NIST-800-53r5", self.nist),
        )
        return [f"{framework} {control}" for framework, ids in named for control in ids]


def controls(*, fsbp: str = "", cis3: str = "", cis5: str = "", nist: str = "") -> Controls:
    """Return controls from space-separated ids."""
    return Controls(*(tuple(ids.split()) for ids in (fsbp, cis3, cis5, nist)))


@dataclass(frozen=True, slots=True)
class Rule(rules.Rule):
    """A rule of the pack: the types it checks, its level, and the controls it covers.

    `asks_for_key` means that the rule checks only that a property is a customer-managed key.
    """

    types: tuple[str, ...]
    level: Level = "mandatory"
    controls: Controls = Controls()
    scope: Scope = "resource"
    asks_for_key: bool = False

    def message(self, violation: Violation) -> str:
        """Return the message that the engine shows."""
        place = f"{violation.property}: " if violation.property else ""
        return f"[{self.id}] {place}{violation.what}. {self.fix}"


RESOURCE_RULES: dict[str, list[tuple[Rule, Check]]] = defaultdict(list)
STACK_RULES: list[tuple[Rule, StackCheck]] = []
REGISTRY: Final = Registry[Rule]()
"""Every rule of the pack that has been imported."""


def all_rules() -> list[Rule]:
    """Return all registered rules, sorted by id."""
    return sorted(REGISTRY, key=lambda rule: rule.id)


def find(id: str) -> Rule | None:
    """Return the rule with an id, or None."""
    return REGISTRY.find(id)


def resource_rule(
    id: str,
    title: str,
    *,
    fix: str,
    types: Sequence[str],
    severity: Severity = Severity.HIGH,
    level: Level = "mandatory",
    controls: Controls = Controls(),
    asks_for_key: bool = False,
) -> Callable[[Check], Check]:
    """Register a check of one resource; it stops `up` before the resource is created."""
    rule = REGISTRY.add(
        Rule(id, title, severity, fix, tuple(types), level, controls, asks_for_key=asks_for_key)
    )

    def register(check: Check) -> Check:
        for token in rule.types:
            RESOURCE_RULES[token].append((rule, check))
        return check

    return register


def stack_rule(
    id: str,
    title: str,
    *,
    fix: str,
    types: Sequence[str],
    severity: Severity = Severity.HIGH,
    level: Level = "mandatory",
    controls: Controls = Controls(),
) -> Callable[[StackCheck], StackCheck]:
    """Register a check of `types` that needs the whole stack; it stops `up` in its preview.

    The check is called for each resource that the program manages.
    """
    rule = REGISTRY.add(Rule(id, title, severity, fix, tuple(types), level, controls, "stack"))

    def register(check: StackCheck) -> StackCheck:
        STACK_RULES.append((rule, check))
        return check

    return register

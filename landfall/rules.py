"""Rules: what every check with an id has, and the registry that keeps ids unique.

The policy pack and the analysis of IAM policies each have a registry. Their rules add what their
reports need. An id is stable: it never changes or moves to another rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

Level = Literal["mandatory", "advisory"]
"""Whether a finding stops the change."""

Verdict = Literal["fail", "undecidable", "waived"]
"""A finding fails, cannot be decided yet, or is excused by a waiver."""


class Severity(StrEnum):
    """How grave a finding is, the gravest first.

    The analysis of IAM policies has no `CRITICAL` findings, and only it has a `NOTE`: it asks for
    no change, and points out what a reader may miss.
    """

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """The place in the order, 0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand with a stable id: `title` states it, and `fix` says how to satisfy it."""

    id: str
    title: str
    severity: Severity
    fix: str


R = TypeVar("R", bound=Rule)


class Registry(Generic[R]):
    """The rules of one tool. Iteration yields them in the order in which they were added."""

    def __init__(self) -> None:
        self._rules: dict[str, R] = {}

    def add(self, rule: R) -> R:
        """Add a rule and return it.

        Raises:
            ValueError: a rule has this id already.

        """
        if rule.id in self._rules:
            raise ValueError(f"{rule.id} is there twice")
        self._rules[rule.id] = rule
        return rule

    def find(self, id: str) -> R | None:
        """Return the rule with this id, or None."""
        return self._rules.get(id)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rules.values())

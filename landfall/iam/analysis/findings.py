"""What the analysis says: rules, each with an id for life, and findings that name a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from landfall.iam.documents import Statement
from landfall.printable import shortened

_LONGEST: Final = 300


class Severity(StrEnum):
    """How grave a finding is; the order of the members is that of gravity, the worst first.

    `HIGH` is a way to more rights, or in for strangers, that nothing stops. `NOTE` asks for nothing
    and only says what a reader may have missed.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for. `severity` is that of most of its findings; some are milder or worse."""

    id: str
    subject: str
    severity: Severity
    title: str
    fix: str

    def at(
        self,
        policy: str,
        statement: Statement | None,
        message: str,
        *,
        element: str = "",
        severity: Severity | None = None,
        fix: str = "",
    ) -> Finding:
        """Return a finding of this rule in a statement, or in the whole policy without one."""
        path = f"Statement[{statement.index}]" if statement else ""
        return Finding(
            rule=self.id,
            severity=severity or self.severity,
            policy=policy,
            statement=shortened(statement.label, 128) if statement else "",
            path=f"{path}.{element}" if path and element else path,
            message=shortened(message, _LONGEST),
            fix=fix or self.fix,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in `statement` (its Sid, else its place) of `policy`.

    `path` leads to the element in the document: `Statement[2].Action`.
    """

    rule: str
    severity: Severity
    policy: str
    statement: str
    path: str
    message: str
    fix: str

    def as_json(self) -> dict[str, str]:
        """Return the fields as JSON has them."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "policy": self.policy,
            "statement": self.statement,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        }


_RULES: dict[str, Rule] = {}


def rule(id: str, subject: str, severity: Severity, title: str, fix: str) -> Rule:
    """Register a rule; its id must be new."""
    if id in _RULES:
        raise ValueError(f"{id} is there twice")
    _RULES[id] = Rule(id, subject, severity, title, fix)
    return _RULES[id]


def find(id: str) -> Rule | None:
    """Return the rule of an id."""
    return _RULES.get(id)


def all_rules() -> Iterator[Rule]:
    """Yield every rule that has been imported, in the order they were written."""
    yield from _RULES.values()


def listed(texts: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Name the first of some texts, and how many more there are."""
    first = ", ".join(shortened(text) for text in texts[:most])
    more = len(texts) - most
    return f"{first} and {more} more" if more > 0 else first

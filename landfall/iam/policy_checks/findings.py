"""Rules with stable ids, and findings that name a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from landfall.iam.documents import Statement
from landfall.printable import shortened
from landfall.rules import Registry, Rule, Severity

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class AnalysisRule(Rule):
    """A rule of the analysis. `severity` is the usual one; a finding can have another."""

    subject: str

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
        """Return a finding of this rule in a statement, or in the whole policy if None."""
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
    """A finding in `statement` (its Sid, or its position) of `policy`.

    `path` is that of the element in the document: `Statement[2].Action`.
    """

    rule: str
    severity: Severity
    policy: str
    statement: str
    path: str
    message: str
    fix: str

    def as_json(self) -> dict[str, str]:
        """Return the fields as JSON values."""
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "policy": self.policy,
            "statement": self.statement,
            "path": self.path,
            "message": self.message,
            "fix": self.fix,
        }


REGISTRY: Final = Registry[AnalysisRule]()
"""Every rule of the analysis that has been imported."""


def rule(id: str, subject: str, severity: Severity, title: str, fix: str) -> AnalysisRule:
    """Register a rule; its id must be new."""
    return REGISTRY.add(AnalysisRule(id, title, severity, fix, subject))


def listed(texts: list[str] | tuple[str, ...], most: int = 3) -> str:
    """Return the first of some texts, and the number of the others."""
    first = ", ".join(shortened(text) for text in texts[:most])
    more = len(texts) - most
    return f"{first} and {more} more" if more > 0 else first

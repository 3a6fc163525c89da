"""Run every rule over a subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from landfall.iam.effective_access import Hold
from landfall.iam.escalation import Escalation
from landfall.iam.policy_checks import (
    administrator,
    denials,
    exposure,
    pass_role,
    privilege,
    redundancy,
    sensitive,
    trust,
    typos,
    vacuous,
    wildcards,
)
from landfall.iam.policy_checks.findings import Finding, rule
from landfall.iam.policy_checks.subject import Examined, Subject
from landfall.iam.policy_checks.trust import Entrance
from landfall.rules import Severity

CUT: Final = rule(
    "not-judged-in-full",
    "limits",
    Severity.NOTE,
    "a policy is too large for some rules",
    "Split it; AWS accepts no policy of this size.",
)
FAMILIES: Final = (
    administrator,
    privilege,
    wildcards,
    pass_role,
    sensitive,
    trust,
    exposure,
    denials,
    vacuous,
    typos,
    redundancy,
)
# More than anybody reads; the rest is counted.
_MOST_FINDINGS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Report:
    """The findings: the gravest first, then in the order of the documents."""

    findings: tuple[Finding, ...]
    escalations: tuple[Escalation, ...]
    entrances: tuple[Entrance, ...] = ()

    @property
    def worst(self) -> Severity | None:
        """The gravest severity; None without findings."""
        return self.findings[0].severity if self.findings else None

    def as_json(self) -> dict[str, object]:
        """Return findings, escalations and the role's entrances as JSON values."""
        found: dict[str, object] = {
            "findings": [one.as_json() for one in self.findings],
            "escalations": [_escalation(one) for one in self.escalations],
        }
        if self.entrances:
            found["entrances"] = [one.as_json() for one in self.entrances]
        return found


def check(subject: Subject) -> Report:
    """Check the documents of a subject together."""
    examined = Examined(subject)
    found = list(_findings(examined))
    for name in examined.cut:
        found.append(CUT.at("", None, f"the rule {name} did not compare everything"))
    found.sort(key=lambda one: one.severity.rank)
    if len(found) > _MOST_FINDINGS:
        more = f"there are {len(found) - _MOST_FINDINGS} more findings"
        found = [*found[:_MOST_FINDINGS], CUT.at("", None, more)]
    entrances = trust.entrances(examined) if subject.trust else ()
    return Report(tuple(found), examined.escalations, entrances)


def _findings(examined: Examined) -> Iterator[Finding]:
    for family in FAMILIES:
        yield from family.check(examined)


def _escalation(one: Escalation) -> dict[str, object]:
    return {
        "path": one.path,
        "kind": one.kind,
        "actions": list(one.actions),
        "proof": list(one.proof),
        "certain": one.hold is Hold.YES,
        "conditions": list(one.conditions),
    }

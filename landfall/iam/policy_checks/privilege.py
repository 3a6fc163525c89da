"""Rules of privilege escalation: the known paths of an identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.documents import Statement
from landfall.iam.effective_access import Hold
from landfall.iam.escalation import Escalation
from landfall.iam.policy_checks.administrator import administrating
from landfall.iam.policy_checks.findings import AnalysisRule, Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined
from landfall.rules import Severity

_FIX: Final = "Name the resources, move the action to a separate role, or deny it in a boundary."


def _kind(kind: str, title: str, severity: Severity, fix: str) -> AnalysisRule:
    return rule(f"escalation-{kind}", "privilege escalation", severity, title, fix)


RULES: Final = {
    "policy": _kind(
        "policy",
        "the identity can change its own permissions",
        Severity.HIGH,
        "Limit the policies or roles that it can change, and require iam:PermissionsBoundary.",
    ),
    "credentials": _kind(
        "credentials",
        "the identity can get another user's credentials",
        Severity.HIGH,
        "Limit it to the caller's own user: arn:aws:iam::*:user/${aws:username}.",
    ),
    "pass-role": _kind(
        "pass-role",
        "the identity can start a resource with a role of its choice",
        Severity.HIGH,
        "Name the roles that iam:PassRole is allowed on, and require iam:PassedToService.",
    ),
    "boundary": _kind(
        "boundary",
        "the identity can remove its own permissions boundary",
        Severity.MEDIUM,
        "Deny changes of boundaries in the boundary itself.",
    ),
    "assume-role": _kind(
        "assume-role",
        "the identity can assume any role that trusts its account",
        Severity.MEDIUM,
        "Name the roles that sts:AssumeRole is allowed on.",
    ),
    "existing-role": _kind(
        "existing-role",
        "the identity can act through a resource that has a role",
        Severity.MEDIUM,
        "Limit the functions, instances or projects that it can change or connect to.",
    ),
}


def check(examined: Examined) -> Iterator[Finding]:
    """Yield one finding for each kind of path and statement; none for administrators."""
    if not examined.subject.identity or administrating(examined):
        return
    groups: dict[tuple[str, bool], list[Escalation]] = {}
    for escalation in examined.escalations:
        certain = escalation.hold is Hold.YES
        groups.setdefault((escalation.kind, certain), []).append(escalation)
    for (kind, certain), found in groups.items():
        rule = RULES[kind]
        policy, statement = _source(found[0])
        names = [f"{one.path} ({' + '.join(one.actions)})" for one in found]
        count = "one known path" if len(found) == 1 else f"{len(found)} known paths"
        what = "nothing blocks" if certain else "conditions limit"
        yield rule.at(
            policy,
            statement,
            f"{rule.title}: {what} {count}: {listed(names)}",
            element="NotAction" if statement and statement.not_actions else "Action",
            severity=rule.severity if certain else max(rule.severity, Severity.MEDIUM, key=_rank),
        )


def _rank(severity: Severity) -> int:
    return severity.rank


def _source(escalation: Escalation) -> tuple[str, Statement | None]:
    """Return the policy and statement that give the path's first action."""
    for given in escalation.sources:
        return given.policy, given.statement
    return "", None

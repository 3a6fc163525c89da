"""Rules of iam:PassRole: which roles can be passed to which services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.effective_access import Hold
from landfall.iam.effective_access.deciding import Held
from landfall.iam.policy_checks.administrator import administrating
from landfall.iam.policy_checks.findings import Finding, rule
from landfall.iam.policy_checks.reach import free, named
from landfall.iam.policy_checks.subject import Examined
from landfall.rules import Severity

ANY_SERVICE: Final = rule(
    "pass-role-any-service",
    "pass role",
    Severity.MEDIUM,
    "any role can be passed to any service",
    "Name the roles, and require iam:PassedToService.",
)
ANY_ROLE: Final = rule(
    "pass-role-any-role",
    "pass role",
    Severity.LOW,
    "any role can be passed to a named service",
    "Name the roles: otherwise whoever runs the service can use any role that trusts it.",
)
_ACTION: Final = "iam:PassRole"


def check(examined: Examined) -> Iterator[Finding]:
    """Yield findings where any role can be passed."""
    if not examined.subject.identity or not named(examined, frozenset({_ACTION.lower()})):
        return
    held = free(examined, _ACTION)
    if held.hold is Hold.NO or not held.sources or administrating(examined):
        return
    rule = ANY_ROLE if _demands_service(held) else ANY_SERVICE
    if held.hold is Hold.CONDITIONAL and rule is ANY_SERVICE and held.conditions:
        return
    given = held.sources[0]
    yield rule.at(given.policy, given.statement, rule.title, element="Resource")


def _demands_service(held: Held) -> bool:
    return any(one.key == "iam:passedtoservice" for one in held.conditions)

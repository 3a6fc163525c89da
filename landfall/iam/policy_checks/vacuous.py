"""Rules of conditions without effect: always true, never true, or easily avoided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam import comparisons, keys
from landfall.iam.documents import Condition, Effect
from landfall.iam.effective_access.unlimited import takes_in_everybody
from landfall.iam.policy_checks.conditions import Meaning, described, element, in_statement
from landfall.iam.policy_checks.findings import Finding, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.rules import Severity

VACUOUS: Final = rule(
    "vacuous-condition",
    "conditions",
    Severity.MEDIUM,
    "a condition is true for every caller",
    "Require what distinguishes the callers, or remove the condition: it only looks like a limit.",
)
CONTRADICTORY: Final = rule(
    "contradictory-condition",
    "conditions",
    Severity.LOW,
    "an Allow has conditions that are never true",
    "Correct the condition, or remove the statement: it allows nothing.",
)
AVOIDABLE: Final = rule(
    "avoidable-condition",
    "conditions",
    Severity.LOW,
    "a condition of an Allow is true for a request without its key",
    'Add {"Null": {"KEY": "false"}} for the key, or use the operator without ForAllValues.',
)
WITHOUT_MFA: Final = rule(
    "mfa-not-demanded",
    "conditions",
    Severity.MEDIUM,
    "requests with access keys bypass a condition on MFA",
    "Requests with long-lived keys have no aws:MultiFactorAuthPresent: in an Allow write Bool, in "
    "a Deny BoolIfExists.",
)
# These keys are optional in a request: without tags there are no forbidden tags.
_OF_WHAT_IS_GIVEN: Final = frozenset({"aws:tagkeys", "kms:encryptioncontextkeys"})
_MFA: Final = "aws:multifactorauthpresent"


def check(examined: Examined) -> Iterator[Finding]:
    """Check every condition of every statement."""
    for placed in (*examined.own, *examined.around):
        yield from _of(placed, signed=True)
    for placed in examined.of_resource:
        yield from _of(placed, signed=False)
    for placed in examined.of_trust:
        yield from _of(placed, signed=False)


def _of(placed: Placed, *, signed: bool) -> Iterator[Finding]:
    statement, allows = placed.statement, placed.statement.effect is Effect.ALLOW
    for condition in statement.conditions:
        verdict = in_statement(condition, statement, signed=signed)
        where = element(condition)
        if verdict.meaning is Meaning.ALWAYS:
            message = f"{described(condition)} is always true: {verdict.why}"
            severity = Severity.MEDIUM if allows else Severity.NOTE
            yield VACUOUS.at(placed.policy, statement, message, element=where, severity=severity)
        elif allows and signed and (why := takes_in_everybody(condition)):
            message = f"{described(condition)} is met by every caller: {why}"
            yield VACUOUS.at(placed.policy, statement, message, element=where)
        elif _misses_keys(condition, allows=allows):
            message = f"{described(condition)} does not require MFA for requests with access keys"
            yield WITHOUT_MFA.at(placed.policy, statement, message, element=where)
        elif allows and _is_avoidable(condition, statement.conditions):
            message = f"{described(condition)} is true for a request without that key"
            yield AVOIDABLE.at(placed.policy, statement, message, element=where)
    if allows and placed.verdict.meaning is Meaning.NEVER:
        message = f"allows nothing: {placed.verdict.why}"
        yield CONTRADICTORY.at(placed.policy, statement, message, element="Condition")


def _misses_keys(condition: Condition, *, allows: bool) -> bool:
    """Return whether a condition on MFA is true for a request without the key."""
    if condition.key.lower() != _MFA or condition.operator != "Bool" or condition.qualifier:
        return False
    wanted = {comparisons.boolean(value) for value in condition.values}
    if allows:
        return condition.if_exists and wanted == {True}
    return not condition.if_exists and wanted == {False}


def _is_avoidable(condition: Condition, among: tuple[Condition, ...]) -> bool:
    key = condition.key.lower()
    if condition.qualifier != "ForAllValues" or key in _OF_WHAT_IS_GIVEN:
        return False
    if keys.find(key).always:
        return False
    return not any(
        other.key.lower() == key
        and other.operator == "Null"
        and {comparisons.boolean(value) for value in other.values} == {False}
        for other in among
    )

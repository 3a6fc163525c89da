"""Rules of Denies that protect nothing, or less than they seem to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam import patterns
from landfall.iam.documents import Effect, Statement
from landfall.iam.effective_access import Hold
from landfall.iam.policy_checks.administrator import is_every_action
from landfall.iam.policy_checks.conditions import Meaning
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.iam.policy_checks.typos import is_unknown, unfitting
from landfall.rules import Severity

INEFFECTIVE: Final = rule(
    "ineffective-deny",
    "denies",
    Severity.MEDIUM,
    "a Deny can never match a request",
    "Correct it, or remove it: it protects nothing.",
)
CIRCUMVENTED: Final = rule(
    "circumvented-deny",
    "denies",
    Severity.LOW,
    "a Deny does not block what it seems to block",
    'Deny the action on "*", and exempt what is needed with a condition.',
)
UNRELATED: Final = rule(
    "unrelated-deny",
    "denies",
    Severity.NOTE,
    "a Deny denies nothing that the policies allow",
    "Check its actions and resources; a Deny against later Allows may stay.",
)


def check(examined: Examined) -> Iterator[Finding]:
    """Check every Deny of identity, boundary, SCPs and resource policy."""
    reached = _reached(examined)
    for placed in (*examined.own, *examined.around, *examined.of_resource, *examined.of_trust):
        if placed.statement.effect is not Effect.DENY:
            continue
        why = _ineffective(examined, placed)
        if why:
            yield INEFFECTIVE.at(placed.policy, placed.statement, f"denies nothing: {why}")
            continue
        left = _left_open(placed.statement, reached)
        if left:
            action, resource = left
            message = f"denies {action} on some resources only; it is allowed on {resource}"
            yield CIRCUMVENTED.at(placed.policy, placed.statement, message, element="Resource")
    for placed in examined.own:
        if placed.statement.effect is Effect.DENY and _is_unrelated(examined, placed):
            yield UNRELATED.at(
                placed.policy,
                placed.statement,
                "denies nothing that a statement of these policies allows",
            )


def _ineffective(examined: Examined, placed: Placed) -> str:
    statement = placed.statement
    if placed.verdict.meaning is Meaning.NEVER:
        return placed.verdict.why
    if any(map(is_every_action, statement.not_actions)):
        return "its NotAction excludes every action"
    if "*" in statement.not_resources:
        return "its NotResource excludes every resource"
    texts = statement.actions
    if texts and examined.spend(INEFFECTIVE.id, 200 * len(texts)):
        unknown = [one for one in texts if is_unknown(one)]
        if len(unknown) == len(texts):
            return f"AWS has no action {listed(unknown)}"
        known = [one for one in texts if one not in unknown]
        if known and unfitting(examined, placed) == known:
            return f"{listed(known)} is never checked on {listed(statement.resources)}"
    return ""


def _reached(examined: Examined) -> dict[str, str]:
    """Return the actions of certain escalations that a Deny does not stop, with a resource."""
    if not any(one.statement.effect is Effect.DENY for one in (*examined.own, *examined.around)):
        return {}
    found: dict[str, str] = {}
    for escalation in examined.escalations:
        if escalation.hold is Hold.YES:
            for action in escalation.actions:
                if action not in found:
                    found[action] = examined.held(action).resource
    return found


def _left_open(statement: Statement, reached: dict[str, str]) -> tuple[str, str] | None:
    """Return an action that a Deny on some resources is about, and where it is open still."""
    if not statement.resources or "*" in statement.resources or statement.conditions:
        return None
    for text in statement.actions:
        if not text.partition(":")[2].strip("*"):
            continue  # a Deny of all of a service on something has other reasons
        test = patterns.matcher(text.lower())
        for action, resource in reached.items():
            if test(action.lower()) and resource:
                return action, resource
    return None


def _is_unrelated(examined: Examined, deny: Placed) -> bool:
    if deny.verdict.meaning is Meaning.NEVER:
        return False
    for placed in examined.allows:
        statement = placed.statement
        much = _size(statement) * _size(deny.statement)
        if not examined.spend(UNRELATED.id, much) or _meet(statement, deny.statement):
            return False
    return True


def _size(statement: Statement) -> int:
    return max(len(statement.actions) + len(statement.resources), 1)


def _meet(allow: Statement, deny: Statement) -> bool:
    """Return whether two statements may be about one request; what is by exception may be."""
    actions = not (allow.actions and deny.actions) or any(
        patterns.intersects(one, other, case_sensitive=False)
        for one in allow.actions
        for other in deny.actions
    )
    return actions and (
        not (allow.resources and deny.resources)
        or any(
            "${" in one + other or patterns.intersects(one, other, case_sensitive=True)
            for one in allow.resources
            for other in deny.resources
        )
    )

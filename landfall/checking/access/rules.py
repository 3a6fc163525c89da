"""Describe policy statements: who may assume a role, who may use a resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.documents import Condition, Document, Effect, Statement
from landfall.iam.policy_checks import Examined, Subject, trust

_MOST: Final = 3
_ARN_KEY: Final = "aws:principalarn"
_CLAIMS: Final = {"aud": "for audience", "sub": "with subject"}
# Conditions that have their own wording.
_SPOKEN: Final = frozenset(
    {
        _ARN_KEY,
        "aws:multifactorauthpresent",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "sts:externalid",
    }
)


def trusted(document: Document | None) -> tuple[str, ...]:
    """Return who may assume a role: a line for each principal, with its conditions."""
    if document is None:
        return ()
    return tuple(
        who
        for statement in document.statements
        if statement.effect is Effect.ALLOW and _assumes(statement)
        for who in _who(statement)
    )


def described(document: Document) -> tuple[str, ...]:
    """Return a line for each statement of a resource policy or an organization policy."""
    return tuple(_statement(statement) for statement in document.statements)


def is_open(document: Document | None) -> bool:
    """Return whether a trust policy trusts everyone, according to `landfall iam check`."""
    if document is None:
        return False
    examined = Examined(Subject(trust=("trust", document)))
    return any(one.rule == trust.EVERYBODY.id for one in trust.check(examined))


def _assumes(statement: Statement) -> bool:
    return any(
        action.lower().startswith(("sts:assume", "sts:*", "*")) for action in statement.actions
    )


def _who(statement: Statement) -> Iterator[str]:
    values = {key: _values(statement, key) for key in _SPOKEN}
    who = values[_ARN_KEY] or _principals(statement)
    said = []
    if values["aws:multifactorauthpresent"] == ["true"]:
        said.append("with MFA")
    if values["aws:principalorgid"]:
        said.append(f"within organization {', '.join(values['aws:principalorgid'])}")
    if values["sts:externalid"]:
        said.append("with an external id")
    for key in ("aws:sourcearn", "aws:sourceaccount"):
        if values[key]:
            said.append(f"for {', '.join(values[key])}")
            break
    said += [_spoken(each) for each in statement.conditions if each.key.lower() not in _SPOKEN]
    for each in who:
        yield ", ".join([each, *said])


def _spoken(condition: Condition) -> str:
    """Return a condition on a token claim in words, any other condition as written."""
    _, _, claim = condition.key.rpartition(":")
    if claim in ("aud", "sub") and "Not" not in condition.operator:
        return f"{_CLAIMS[claim]} {_some(condition.values)}"
    return _condition(condition)


def _values(statement: Statement, key: str) -> list[str]:
    return [
        value
        for condition in statement.conditions
        if condition.key.lower() == key and "Not" not in condition.operator
        for value in condition.values
    ]


def _principals(statement: Statement) -> list[str]:
    if statement.not_principals:
        return ["everyone except some"]
    return ["everyone" if each.value == "*" else each.value for each in statement.principals or ()]


def _statement(statement: Statement) -> str:
    verb = "denies" if statement.effect is Effect.DENY else "allows"
    acts = statement.actions or tuple(f"all except {name}" for name in statement.not_actions)
    text = f"{statement.label} {verb} {_some(acts)}"
    places = statement.resources or tuple(f"all except {name}" for name in statement.not_resources)
    if places and "*" not in places:
        text += f" on {_some(places)}"
    who = _principals(statement)
    if who:
        text += f" to {_some(tuple(who))}"
    conditions = list(map(_condition, statement.conditions))
    return text + (f", if {' and '.join(conditions)}" if conditions else "")


def _condition(condition: Condition) -> str:
    return f"{condition.key} {condition.name} {_some(condition.values)}"


def _some(texts: tuple[str, ...]) -> str:
    shown = ", ".join(texts[:_MOST])
    return shown if len(texts) <= _MOST else f"{shown} and {len(texts) - _MOST} more"


def compared(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield `('gains', line)` for each new line and `('loses', line)` for each removed line."""
    for line in after:
        if line not in before:
            yield "gains", line
    for line in before:
        if line not in after:
            yield "loses", line

"""What a statement says of who may call: public, named, or a service on somebody's behalf."""

from __future__ import annotations

from landfall.iam.documents import Condition, Effect, Statement

# Conditions that name who calls; one of them, with values that are not bare wildcards, is enough.
NAMES_CALLER = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
    }
)
# For a service that acts for somebody: for whom.
NAMES_SOURCE = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
    }
)
_COMPARES = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
)


def compares(condition: Condition) -> bool:
    """Tell whether a condition holds only where its key is there and has one of the values."""
    return (
        condition.operator in _COMPARES
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"  # true for a request without the key
    )


def demands(statement: Statement, keys: frozenset[str]) -> bool:
    """Tell whether one of these keys must have one of some values that are not bare wildcards."""
    return any(
        compares(condition)
        and condition.key.lower() in keys
        and not any(_is_open(value) for value in condition.values)
        for condition in statement.conditions
    )


def _is_open(value: str) -> bool:
    """Tell whether a value says nothing: only wildcards, or an ARN of nothing but wildcards."""
    if not value.strip("*?"):
        return True
    if not value.startswith("arn:"):
        return False
    parts = value.split(":", 5)
    return len(parts) == 6 and all(not part.strip("*?") for part in (parts[4], parts[5]))


def is_public(statement: Statement) -> bool:
    """Tell whether a statement lets anybody on the internet in."""
    if statement.effect is not Effect.ALLOW:
        return False
    if statement.not_principals is not None:
        return True
    everybody = any(
        principal.value == "*" and principal.kind in ("*", "AWS")
        for principal in statement.principals or ()
    )
    return everybody and not demands(statement, NAMES_CALLER)

"""What the conditions of a statement require."""

from __future__ import annotations

from landfall.iam.documents import Condition, Statement

# A value with fewer characters before its first wildcard names no account or organization.
_NAMES_SOMEBODY = 8
_COMPARES = frozenset(
    {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
)


def compares(condition: Condition) -> bool:
    """Return whether a condition is true only if its key is present and has one of its values."""
    return (
        condition.operator in _COMPARES
        and not condition.if_exists
        and condition.qualifier != "ForAllValues"  # true for a request without the key
    )


def demands(statement: Statement, keys: frozenset[str]) -> bool:
    """Return whether one of these keys must have a value that names a specific principal."""
    return any(
        compares(condition)
        and condition.key.lower() in keys
        and not any(_is_open(value) for value in condition.values)
        for condition in statement.conditions
    )


def _is_open(value: str) -> bool:
    """Return whether a value is open: it matches any account, or nearly any."""
    literal = value.split("*")[0].split("?")[0]
    if literal == value:
        return False
    parts = value.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return len(literal) < _NAMES_SOMEBODY
    account, name = parts[4], parts[5]
    # An ARN without account, as a bucket's, has a name that is unique in AWS.
    return not name.strip("*?") if not account else account.strip("*?") != account

"""What a statement's conditions demand."""

from __future__ import annotations

from landfall.iam.documents import Condition, Statement

# With fewer characters before its first wildcard no id of an account or organization is named.
_NAMES_SOMEBODY = 8
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
    """Tell whether one of these keys must have one of some values that name somebody."""
    return any(
        compares(condition)
        and condition.key.lower() in keys
        and not any(_is_open(value) for value in condition.values)
        for condition in statement.conditions
    )


def _is_open(value: str) -> bool:
    """Tell whether anybody can have a value: one of any account, or one that hardly says more."""
    literal = value.split("*")[0].split("?")[0]
    if literal == value:
        return False
    parts = value.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return len(literal) < _NAMES_SOMEBODY
    account, name = parts[4], parts[5]
    # Where an ARN has no account, as those of buckets, the name is one in all of AWS.
    return not name.strip("*?") if not account else account.strip("*?") != account

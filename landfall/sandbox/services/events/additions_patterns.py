"""Whether an event matches a pattern of EventBridge.

EventBridge User Guide, 'Event patterns' and 'Comparison operators'. Arrays of an event match where
one of their items does. An operator that is not known is a mistake of the pattern.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from typing import Any

_ABSENT = object()
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


class PatternError(ValueError):
    """The pattern is not one: `EventBridge API Reference, InvalidEventPatternException`."""


def matches(pattern: Any, value: Any = _ABSENT) -> bool:
    """Return whether a value matches; raises `PatternError` for what is no pattern."""
    if isinstance(pattern, Mapping):
        if not pattern:
            raise PatternError("Empty objects are not allowed")
        if isinstance(value, list):
            return any(matches(pattern, item) for item in value)
        found = value if isinstance(value, Mapping) else {}
        verdicts = [_member(key, wanted, found) for key, wanted in pattern.items()]
        return all(verdicts)
    if not isinstance(pattern, list) or not pattern:
        raise PatternError("Values must be in a non-empty array")
    items = value if isinstance(value, list) and value else [value]
    verdicts = [_one(wanted, item) for wanted in pattern for item in items]
    return any(verdicts)


def _member(key: str, wanted: Any, found: Mapping[str, Any]) -> bool:
    if key == "$or":
        verdicts = [matches(each, found) for each in wanted]
        return any(verdicts)
    return matches(wanted, found.get(key, _ABSENT))


def _one(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return value is not _ABSENT and type(wanted) is type(value) and bool(wanted == value)
    (operator, operand), *more = wanted.items()
    if more:
        raise PatternError("Only one operator is allowed in a comparison")
    if operator == "exists":
        return (value is not _ABSENT) is bool(operand)
    known = _OPERATORS.get(operator)
    if known is None:
        raise PatternError(f"Unrecognized match type {operator}")
    return known(operand, value)


def _anything_but(operand: Any, value: Any) -> bool:
    if value is _ABSENT:
        return False
    if isinstance(operand, Mapping):
        return not _one(operand, value)
    return value not in (operand if isinstance(operand, list) else [operand])


def _numeric(operand: Any, value: Any) -> bool:
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if any(sign not in _NUMBERS for sign, _ in pairs):
        raise PatternError("Unrecognized numeric range operator")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return all(_NUMBERS[sign](value, limit) for sign, limit in pairs)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "anything-but": _anything_but,
    "equals-ignore-case": lambda operand, value: (
        isinstance(value, str) and value.lower() == operand.lower()
    ),
    "numeric": _numeric,
    "prefix": lambda operand, value: isinstance(value, str) and value.startswith(operand),
    "suffix": lambda operand, value: isinstance(value, str) and value.endswith(operand),
    "wildcard": lambda operand, value: (
        isinstance(value, str) and fnmatch.fnmatchcase(value, operand.replace("[", "[[]"))
    ),
}

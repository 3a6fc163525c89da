"""Relations of two conditions: one implies the other, or they contradict each other.

A literal is a condition that is true or false. `StringNotEquals` is the opposite of
`StringEquals`, an absent key included, so both are one atom here. The answer is
False if the relation is not proven (AWS: 'IAM JSON policy elements: Condition operators').
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from landfall.iam import keys, patterns
from landfall.iam.comparisons import boolean
from landfall.iam.documents import Condition
from landfall.iam.effective_access import ranges
from landfall.iam.operators import NEGATED
from landfall.iam.variables import OPENING


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition that `holds` or not; its operator is never negated without IfExists."""

    condition: Condition
    holds: bool
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.condition, self.holds)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def key(self) -> str:
        """The condition key in lower case."""
        return self.condition.key

    def negated(self) -> Literal:
        """Return the opposite."""
        return Literal(self.condition, not self.holds)

    def __str__(self) -> str:
        values = ", ".join(self.condition.values)
        text = f"{self.condition.name} {self.condition.key} [{values}]"
        return text if self.holds else f"not ({text})"


@lru_cache(maxsize=16384)
def literal(condition: Condition) -> Literal:
    """Return a condition as a literal, normalized in order and case."""
    operator, holds, if_exists = condition.operator, True, condition.if_exists
    if not condition.qualifier and operator in NEGATED:
        # A negated operator is true for an absent key, with IfExists or without.
        operator, holds, if_exists = operator.replace("Not", ""), False, False
    values = tuple(sorted(set(condition.values)))
    if operator in ("Bool", "Null"):
        values = tuple(sorted({value.strip().lower() for value in values}))
    if operator == "Null":
        values = tuple(value for value in values if value in ("true", "false"))
    if operator == "Null" and values == ("false",):
        values, holds = ("true",), False
    if operator in ("ArnEquals",):
        operator = "ArnLike"
    canonical = Condition(operator, condition.qualifier, if_exists, condition.key.lower(), values)
    return Literal(canonical, holds)


@lru_cache(maxsize=65536)
def implies(a: Literal, b: Literal) -> bool:
    """Return whether `a` certainly implies `b`."""
    if a == b:
        return True
    if a.key != b.key or a.condition == b.condition:
        return False
    if a.holds and b.holds:
        return _within(a.condition, b.condition)
    if not a.holds and not b.holds:
        return _within(b.condition, a.condition)
    if a.holds:
        return _exclude(a.condition, b.condition)
    return _exhaust(a.condition, b.condition)


def contradicts(a: Literal, b: Literal) -> bool:
    """Return whether both certainly contradict each other."""
    return implies(a, b.negated())


def entails(literals: Iterable[Literal], wanted: Literal) -> bool:
    """Return whether one of the literals implies `wanted`."""
    key = wanted.condition.key
    return any(one.condition.key == key and implies(one, wanted) for one in literals)


def by_key(literals: Iterable[Literal]) -> Mapping[str, list[Literal]]:
    """Return the literals by key; only literals of one key are related."""
    found: dict[str, list[Literal]] = defaultdict(list)
    for one in literals:
        found[one.key].append(one)
    return found


def fits(literals: Iterable[Literal], another: Literal) -> bool:
    """Return whether none of the literals contradicts another one."""
    return not entails(literals, another.negated())


def is_consistent(literals: Iterable[Literal]) -> bool:
    """Return whether no two of the literals contradict each other."""
    return all(
        fits(listed[place + 1 :], one)
        for listed in by_key(literals).values()
        for place, one in enumerate(listed)
    )


def _within(a: Condition, b: Condition) -> bool:
    """Whether `a` implies `b`."""
    if _is_absence(a):
        return b.if_exists and not b.qualifier
    if a.qualifier or b.qualifier:
        same = a.qualifier == b.qualifier and a.if_exists == b.if_exists
        return same and not _negates(a) and not _negates(b) and _values_within(a, b)
    if a.if_exists and not b.if_exists:
        return False
    return _values_within(a, b)


def _negates(condition: Condition) -> bool:
    return condition.operator in NEGATED


def _values_within(a: Condition, b: Condition) -> bool:
    """Whether each value that matches `a` matches `b` too."""
    if a.operator == b.operator and set(a.values) <= set(b.values):
        return True
    order = _order(b.operator)
    return (
        order is not None
        and all(
            any(_takes(b.operator, wide, value) for wide in b.values) for value in _texts(a, order)
        )
        and bool(a.values)
    )


def _order(operator: str) -> str | None:
    return (
        operator
        if operator in ("StringEquals", "StringLike", "ArnLike")
        else (operator if operator == "StringEqualsIgnoreCase" else None)
    )


# Operators of which each value, as a pattern, is a value of the other operator's language.
_READABLE: Final = {
    "StringEquals": ("StringEquals",),
    "StringLike": ("StringEquals", "StringLike"),
    "StringEqualsIgnoreCase": ("StringEquals", "StringEqualsIgnoreCase"),
    "ArnLike": ("ArnLike",),
}


def _texts(a: Condition, operator: str) -> Iterator[str | None]:
    readable = a.operator in _READABLE[operator]
    for value in a.values:
        if not readable or OPENING in value:
            yield None
        elif a.operator.startswith("StringEquals") and operator == "StringLike":
            yield _escaped(value)
        else:
            yield value


def _takes(operator: str, wide: str, value: str | None) -> bool:
    if value is None or OPENING in wide:
        return False
    if operator == "StringLike":
        return patterns.covers(wide, value, case_sensitive=True)
    if operator == "ArnLike":
        return patterns.covers_arn(wide, value)
    if operator == "StringEqualsIgnoreCase":
        return wide.lower() == value.lower()
    return wide == value


def _escaped(value: str) -> str:
    """Return the pattern that matches only a plain text."""
    return value.replace("*", patterns.LITERAL_STAR).replace("?", patterns.LITERAL_QUESTION)


def _is_absence(condition: Condition) -> bool:
    return condition.operator == "Null" and condition.values == ("true",)


def _exclude(a: Condition, b: Condition) -> bool:
    """Whether `a` and `b` contradict each other."""
    if _is_absence(a):
        a, b = b, a
    if _is_absence(b):
        # A condition that requires a value is false without one.
        asks = not a.if_exists and a.qualifier != "ForAllValues" and not _negates(a)
        return asks and a.operator != "Null"
    if a.qualifier or b.qualifier or keys.find(a.key).several:
        return False
    if a.if_exists and b.if_exists:
        return False
    if a.operator == b.operator == "Bool":
        return not set(map(boolean, a.values)) & set(map(boolean, b.values))
    texts = ("StringEquals", "StringLike")
    if a.operator in texts and b.operator in texts:
        return not any(_meet(a, one, b, other) for one in a.values for other in b.values)
    if a.operator == b.operator == "ArnLike":
        return not any(
            OPENING in one + other or patterns.intersects_arn(one, other)
            for one in a.values
            for other in b.values
        )
    return ranges.exclude(a, b)


def _meet(a: Condition, one: str, b: Condition, other: str) -> bool:
    if OPENING in one or OPENING in other:
        return True
    left = _escaped(one) if a.operator == "StringEquals" else one
    right = _escaped(other) if b.operator == "StringEquals" else other
    return patterns.intersects(left, right, case_sensitive=True)


def _exhaust(a: Condition, b: Condition) -> bool:
    """Whether `b` is true whenever `a` is false."""
    if _is_absence(b):
        # If a condition with IfExists is false, the key exists.
        return False
    if a.operator == b.operator == "Bool" and not a.qualifier and not b.qualifier:
        is_boolean = keys.find(a.key).kind is keys.Kind.BOOL
        # An absent key fails `a`; only with IfExists does it meet `b`.
        both = set(map(boolean, a.values)) | set(map(boolean, b.values))
        return b.if_exists and is_boolean and {True, False} <= both and not a.if_exists
    return False

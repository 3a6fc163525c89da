"""Whether two conditions on a number, a date or an address share no value."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from landfall.iam import comparisons
from landfall.iam.documents import Condition

_INFINITY: Final = Decimal("Infinity")
# The lowest and the highest matching value, and whether each is included.
_Range = tuple[Decimal, bool, Decimal, bool]


def exclude(a: Condition, b: Condition) -> bool:
    """Return whether no value can match both; False if that is not certain."""
    if a.operator == b.operator == "IpAddress":
        return _apart(a, b)
    left, right = _ranges(a), _ranges(b)
    return bool(left and right) and not any(_overlap(one, two) for one in left for two in right)


def _apart(a: Condition, b: Condition) -> bool:
    left = [comparisons.network(one) for one in a.values]
    right = [comparisons.network(one) for one in b.values]
    if None in left or None in right:
        return False
    return not any(
        one.version == two.version and one.overlaps(two)
        for one in left
        for two in right
        if one is not None and two is not None
    )


def _ranges(condition: Condition) -> list[_Range]:
    """Return the ranges of a condition's values; empty for other types."""
    operator = condition.operator
    if operator.startswith("Numeric"):
        read, order = comparisons.number, operator.removeprefix("Numeric")
    elif operator.startswith("Date"):
        read, order = comparisons.date, operator.removeprefix("Date")
    else:
        return []
    found = []
    for value in condition.values:
        bound = read(value)
        if bound is None:
            return []
        found.append(_range(order, bound))
    return found


def _range(order: str, bound: Decimal) -> _Range:
    belongs = order.endswith("Equals")
    if order.startswith("LessThan"):
        return -_INFINITY, False, bound, belongs
    if order.startswith("GreaterThan"):
        return bound, belongs, _INFINITY, False
    return bound, True, bound, True


def _overlap(a: _Range, b: _Range) -> bool:
    low, low_in = max((a[0], not a[1]), (b[0], not b[1]))
    high, high_in = min((a[2], a[3]), (b[2], b[3]))
    return low < high or (low == high and not low_in and high_in)

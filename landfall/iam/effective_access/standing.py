"""Conditions with the same result for every caller from now on: always true, or never.

Only results that do not depend on the caller: dates in the past, and keys that every signed
request has (AWS: 'AWS global condition context keys').
"""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Final

from landfall.iam import comparisons, keys
from landfall.iam.documents import Condition
from landfall.iam.truth import Truth

_LIKE: Final = frozenset({"StringLike", "ArnLike", "ArnEquals"})
_LATER: Final = ("GreaterThan", "GreaterThanEquals")
_EARLIER: Final = ("LessThan", "LessThanEquals")
_TIMES: Final = frozenset({"aws:currenttime", "aws:epochtime"})
# Credentials of a session last 36 hours at most, in seconds (STS API Reference: GetSessionToken).
_AGE: Final = "aws:multifactorauthage"
LONGEST: Final = {"aws:tokenissuetime": 36 * 3600, _AGE: 36 * 3600}


def standing(condition: Condition) -> Truth:
    """Return whether the condition is always true (True), never (False), or may be (None)."""
    key = condition.key.lower()
    if condition.operator == "Null":
        wanted = {comparisons.boolean(value) for value in condition.values} - {None}
        if len(wanted) != 1:
            return bool(wanted)
        return wanted == {False} if keys.find(key).always else None
    if not condition.values:
        return None
    if condition.qualifier == "" and condition.operator.startswith(("Date", "Numeric")):
        if key == "aws:epochtime" or (key in _TIMES and not _is_numeric(condition)):
            return _by_time(condition)
        if key in LONGEST and _is_numeric(condition) == (key == _AGE):
            return _by_age(condition, LONGEST[key])
    if condition.operator in _LIKE and "*" in condition.values and not condition.qualifier:
        return True if condition.if_exists or keys.find(key).always else None
    return None


def _by_time(condition: Condition) -> Truth:
    """Compare with the current time: a date in the past stays in the past."""
    now = time.time()
    order = _order(condition)
    dates = _dates(condition)
    if not dates:
        return None
    if order in _LATER and any(one < now for one in dates):
        return True
    if order in (*_EARLIER, "Equals") and all(one < now for one in dates):
        return False
    if order == "NotEquals" and all(one < now for one in dates):
        return True
    return None


def _by_age(condition: Condition, longest: int) -> Truth:
    """Check for a session age beyond the maximum; without a session the key is absent."""
    if condition.if_exists:
        return None
    order = _order(condition)
    if not _is_numeric(condition):
        latest = time.time() - longest
        dates = _dates(condition)
        too_old = order in (*_EARLIER, "Equals") and all(one < latest for one in dates)
        return False if dates and too_old else None
    ages = [found for one in condition.values if (found := comparisons.number(one)) is not None]
    too_old = order in (*_LATER, "Equals") and all(one > longest for one in ages)
    return False if ages and too_old else None


def _order(condition: Condition) -> str:
    return condition.operator.removeprefix("Date").removeprefix("Numeric")


def _dates(condition: Condition) -> list[Decimal]:
    read = comparisons.number if _is_numeric(condition) else comparisons.date
    return [found for one in condition.values if (found := read(one)) is not None]


def _is_numeric(condition: Condition) -> bool:
    return condition.operator.startswith("Numeric")

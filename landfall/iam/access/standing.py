"""Conditions that come out the same for every caller from now on: always true, or never.

Only what needs no knowledge of the caller: dates gone by, and keys that AWS puts into every
signed request (AWS: 'AWS global condition context keys').
"""

from __future__ import annotations

import time
from typing import Final

from landfall.iam import comparisons, keys
from landfall.iam.documents import Condition
from landfall.iam.truth import Truth

_LIKE: Final = frozenset({"StringLike", "ArnLike", "ArnEquals"})
_LATER: Final = frozenset({"DateGreaterThan", "DateGreaterThanEquals"})
_EARLIER: Final = frozenset({"DateLessThan", "DateLessThanEquals"})


def standing(condition: Condition) -> Truth:
    """Tell whether the condition always holds (True), never does (False), or may (None)."""
    key = condition.key.lower()
    if condition.operator == "Null":
        wanted = {comparisons.boolean(value) for value in condition.values} - {None}
        if len(wanted) != 1:
            return bool(wanted)
        return wanted == {False} if keys.find(key).always else None
    if not condition.values:
        return None
    if key in ("aws:currenttime", "aws:epochtime") and condition.qualifier == "":
        return _by_time(condition)
    if condition.operator in _LIKE and "*" in condition.values and not condition.qualifier:
        return True if condition.if_exists or keys.find(key).always else None
    return None


def _by_time(condition: Condition) -> Truth:
    """Compare with now: time only goes on, so what is past stays past."""
    now = time.time()
    dates = [found for value in condition.values if (found := comparisons.date(value)) is not None]
    if condition.operator in _LATER and any(one < now for one in dates):
        return True
    if condition.operator in _EARLIER and all(one < now for one in dates):
        return False
    if condition.operator == "DateEquals" and all(one < now for one in dates):
        return False
    if condition.operator == "DateNotEquals" and all(one < now for one in dates):
        return True
    return None

"""The result of a condition for every user and role in its own account, for any request.

A caller with identity policies is not a service and not a root user; a resource of IAM always
belongs to the caller's own account and organization (AWS: 'AWS global condition context keys').
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from landfall.iam import presence
from landfall.iam.documents import Condition
from landfall.iam.operators import NEGATED
from landfall.iam.outsiders.classes import INSIDER
from landfall.iam.outsiders.narrowing import outcomes, without_key
from landfall.iam.truth import Truth

_SAME: Final = (
    ("aws:principalaccount", "aws:resourceaccount"),
    ("aws:principalorgid", "aws:resourceorgid"),
)
_EQUAL: Final = {f"{a} {b}" for one in _SAME for a, b in (one, one[::-1])}


@lru_cache(maxsize=32768)
def of_insider(condition: Condition, action: str) -> Truth:
    """Return the result of a condition in every request for an action; None if it depends."""
    key = condition.key.lower()
    if not presence.is_of_action(key, action):
        return without_key(condition)
    if condition.operator != "Null" and _equals_itself(condition, key, action):
        return condition.operator not in NEGATED
    if key not in INSIDER.keys:
        return None
    found = outcomes(INSIDER, condition, naming=False)
    return next(iter(found)) if len(found) == 1 else None


def _equals_itself(condition: Condition, key: str, action: str) -> bool:
    """Return whether a value is a variable that is the same as the key in all requests of IAM."""
    if condition.qualifier or not action.startswith("iam:"):
        return False
    if not condition.operator.startswith("String"):
        return False
    variables = {one.lower() for one in condition.values}
    return any(f"{key} {one[2:-1]}" in _EQUAL for one in variables if one.startswith("${"))

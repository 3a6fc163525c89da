"""The condition operators of the policy language, and the keys of a Condition block as written.

AWS: 'IAM JSON policy elements: Condition operators'.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from landfall.iam.elements import Qualifier

OPERATORS: Final = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
)
NEGATED: Final = frozenset(operator for operator in OPERATORS if "Not" in operator)

_BY_LOWER_CASE: Final = {operator.lower(): operator for operator in OPERATORS}
_QUALIFIERS: Final[dict[str, Qualifier]] = {
    "forallvalues": "ForAllValues",
    "foranyvalue": "ForAnyValue",
}
_IF_EXISTS: Final = "ifexists"


@lru_cache(maxsize=1024)
def read_operator(name: str) -> tuple[str, Qualifier, bool] | None:
    """Split `ForAnyValue:StringLikeIfExists`; None for an invalid operator.

    Names are case-insensitive. `NullIfExists` is invalid: Null tests existence itself.
    """
    text = name.lower()
    qualifier: Qualifier = ""
    if ":" in text:
        prefix, text = text.split(":", 1)
        if prefix not in _QUALIFIERS:
            return None
        qualifier = _QUALIFIERS[prefix]
    if_exists = text.endswith(_IF_EXISTS)
    operator = _BY_LOWER_CASE.get(text.removesuffix(_IF_EXISTS) if if_exists else text)
    if operator is None or (operator == "Null" and if_exists):
        return None
    return operator, qualifier, if_exists

"""Values of a condition that can never match, because AWS never sets such a value.

What a key's values are is in `landfall.iam.keys`; what an operator reads is in AWS's 'IAM JSON
policy elements: Condition operators'.
"""

from __future__ import annotations

from landfall.iam import comparisons, keys, patterns
from landfall.iam.documents import Condition
from landfall.iam.keys import Form, Key, Kind
from landfall.iam.variables import OPENING
from landfall.printable import shortened


def why_none_matches(condition: Condition) -> str | None:
    """Return why no request matches any value of a condition; None if one may match.

    The reason is that of the first value. A negated operator is checked like the one it negates.
    """
    operator = condition.operator.replace("Not", "")
    known = keys.find(condition.key)
    first = None
    for value in condition.values:
        reason = _why_not(known, operator, condition.key, value)
        if reason is None:
            return None
        first = first or f"the value {shortened(value)!r} {reason}"
    return first


def _why_not(known: Key, operator: str, key: str, value: str) -> str | None:
    """Return why a value never matches, as text after 'the value'; None if it may."""
    compared = keys.kind_of(operator)
    if not known.matches(operator, value):
        types = f"the key's type is {known.kind.value}, and {operator} compares {compared.value}"
        return f"never matches: {types}"
    if OPENING in value:
        return None
    if compared is Kind.STRING:
        return _text(known, operator, key, value)
    if compared is Kind.ARN:
        return _arn(known, value)
    if compared is Kind.IP_ADDRESS:
        return _address(known, value)
    if keys.READERS[compared](value) is None:
        return f"is not a valid {compared.value}"
    if operator == "NumericLessThan" and known.form is Form.NOT_NEGATIVE:
        wanted = comparisons.number(value)
        return "is negative" if wanted is not None and wanted <= 0 else None
    return None


def _text(known: Key, operator: str, key: str, value: str) -> str | None:
    if patterns.has_wildcard(value):
        if operator == "StringLike":
            return _of_session(known, value)
        if known.form is not None or key.lower().endswith((":sub", ":aud")):
            return f"has a wildcard, which only StringLike reads ({operator})"
    if operator == "StringEqualsIgnoreCase":
        # The case of letters counts for forms, but for no type.
        return Key(known.kind).refuses(value)
    return known.refuses(value)


def _arn(known: Key, value: str) -> str | None:
    if value != "*" and patterns.split_arn(value) is None:
        return "is not an ARN of six parts"
    return _of_session(known, value)


def _of_session(known: Key, value: str) -> str | None:
    """aws:PrincipalArn of a session is its role's ARN, never the session's."""
    if known.form is Form.PRINCIPAL_ARN and ":assumed-role/" in value:
        return Form.PRINCIPAL_ARN.value
    return None


def _address(known: Key, value: str) -> str | None:
    network = comparisons.network(value)
    if network is None:
        return "is not an address range"
    if known.form is Form.PUBLIC_ADDRESS and keys.is_private(network):
        return Form.PUBLIC_ADDRESS.value
    return None

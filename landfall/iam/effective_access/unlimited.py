"""Conditions that limit nobody, although they are false for some requests.

The caller controls them: its region, TLS, the tags of a new resource. An Allow with such a
condition is as wide as one without; a Deny with one is still useful.
"""

from __future__ import annotations

import ipaddress
import time
from typing import Final

from landfall.iam import comparisons, patterns
from landfall.iam.documents import Condition
from landfall.iam.effective_access.literals import Literal
from landfall.iam.operators import NEGATED

_CALLERS_CHOICE: Final = frozenset(
    {
        "aws:referer",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:tagkeys",
        "aws:useragent",
        # Only an instance's credentials have this key.
        "ec2:roledelivery",
    }
)
# Absent or false for a caller who calls an API directly.
_THROUGH_SERVICES: Final = frozenset(
    {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:viaawsservice"}
)
_CHOSEN_TAG: Final = "aws:requesttag/"
# Treat expiry dates further away than this as no expiry, in seconds.
_FOR_EVER: Final = 50 * 365 * 86_400
_MOST_NETWORKS: Final = 1_000
# Values of aws:PrincipalArn, except federated users, in the most common partition.
_PRINCIPALS: Final = ("arn:aws:iam::*:user/*", "arn:aws:iam::*:role/*")


def is_met_at_will(literal: Literal) -> bool:
    """Return whether every caller can make a request for which the literal is true."""
    return (
        literal.key in _CALLERS_CHOICE
        or literal.key.startswith(_CHOSEN_TAG)
        or _is_avoided(literal)
        or (literal.holds and bool(takes_in_everybody(literal.condition)))
    )


def _is_avoided(literal: Literal) -> bool:
    """Return whether a literal is true for direct calls on the caller's own resources.

    An SCP's perimeter names the organization, to which the caller's resources belong.
    """
    if literal.key in _THROUGH_SERVICES:
        asks = literal.condition.operator not in (*NEGATED, "Null")
        return not literal.holds and asks and "false" not in literal.condition.values
    named = all(one.startswith("o-") for one in literal.condition.values)
    return (
        literal.key == "aws:resourceorgid"
        and named
        and literal.condition.operator in ("StringEquals", "StringNotEquals")
        and literal.holds == (literal.condition.operator == "StringEquals")
    )


def takes_in_everybody(condition: Condition) -> str:
    """Return why every caller can meet a condition, as the end of a sentence; empty if not."""
    key = condition.key.lower()
    if condition.qualifier:
        return ""
    if key == "aws:sourceip" and condition.operator == "IpAddress":
        return "its ranges cover the whole internet" if _is_internet(condition.values) else ""
    if key in ("aws:currenttime", "aws:epochtime"):
        return "its end is more than 50 years away" if _is_for_ever(condition) else ""
    if condition.operator == "StringLike" and key in _CALLERS_CHOICE and "*" in condition.values:
        return "the caller chooses the value, and '*' matches every value"
    if key != "aws:principalarn" or condition.operator not in (
        "StringLike",
        "ArnLike",
        "ArnEquals",
    ):
        return ""
    covers = patterns.covers_arn
    if condition.operator == "StringLike":
        covers = _covers_text
    if all(any(covers(value, one) for value in condition.values) for one in _PRINCIPALS):
        return "its patterns match the users and roles of every account"
    return ""


def _is_for_ever(condition: Condition) -> bool:
    dates = [found for one in condition.values if (found := comparisons.date(one)) is not None]
    ends = condition.operator in ("DateLessThan", "DateLessThanEquals")
    return ends and any(one > int(time.time()) + _FOR_EVER for one in dates)


def _covers_text(a: str, b: str) -> bool:
    return patterns.covers(a, b, case_sensitive=True)


def _is_internet(values: tuple[str, ...]) -> bool:
    """Return whether ranges cover all of IPv4 or all of IPv6; either is enough for access."""
    networks = [found for one in values[:_MOST_NETWORKS] if (found := comparisons.network(one))]
    fours = [one for one in networks if isinstance(one, ipaddress.IPv4Network)]
    sixes = [one for one in networks if isinstance(one, ipaddress.IPv6Network)]
    return any(one.prefixlen == 0 for one in ipaddress.collapse_addresses(fours)) or any(
        one.prefixlen == 0 for one in ipaddress.collapse_addresses(sixes)
    )

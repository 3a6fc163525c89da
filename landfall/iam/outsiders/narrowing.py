"""The possible results of a condition for members of a class of callers.

A value of an identity key that names one member excludes the class: an account of 12 digits, an
organization's id, an ARN with an account. A value that many members have, as `o-a*`, does not.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Protocol

from landfall.iam import comparisons, patterns
from landfall.iam.documents import Condition
from landfall.iam.operators import NEGATED
from landfall.iam.outsiders.classes import CallerClass, Domain, Origin
from landfall.iam.variables import OPENING

Outcomes = frozenset[bool]
ArnComparison = Callable[[str, str], bool]


class Comparison(Protocol):
    """Compares two patterns of texts."""

    def __call__(self, a: str, b: str, *, case_sensitive: bool) -> bool:
        """Return the result."""


BOTH: Final[Outcomes] = frozenset({True, False})
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
# Keys of the resource, which are the same for every caller.
_OF_RESOURCE: Final = {
    "aws:resourceaccount": "0" * 12,
    "aws:resourceorgid": "o-0000000000",
    "aws:resourceorgpaths": "o-0000000000/",
}
# Shorter prefixes are most of the internet.
_SHORTEST_PREFIX: Final = {4: 8, 6: 32}
_MOST_NETWORKS: Final = 1_000
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
_COLONS: Final = 5


@lru_cache(maxsize=16384)
def outcomes(caller: CallerClass, condition: Condition, *, naming: bool = True) -> Outcomes:
    """Return the possible results of a condition for members that no value names.

    Without `naming` a value that names one member counts as a value that the caller may have.
    """
    domain = caller.domain(condition.key.lower())
    if domain.origin is Origin.FREE:
        return BOTH
    if domain.origin is Origin.ABSENT:
        return frozenset({without_key(condition)})
    found = _present(domain, condition, naming=naming)
    return found | {without_key(condition)} if domain.optional else found


def without_key(condition: Condition) -> bool:
    """Return the result of a condition for a request without its key."""
    if condition.operator == "Null":
        return True in _wanted(condition)
    if condition.qualifier:
        return condition.if_exists or condition.qualifier == "ForAllValues"
    return condition.if_exists or condition.operator in NEGATED


def _present(domain: Domain, condition: Condition, *, naming: bool) -> Outcomes:
    if condition.operator == "Null":
        return frozenset({False in _wanted(condition)})
    if domain.origin is Origin.NETWORK:
        matches = _of_network(condition)
    elif domain.origin is Origin.FIXED:
        matches = frozenset(_matches(condition, value) for value in domain.values)
    else:
        matches = _of_identity(domain, condition, naming=naming)
    if condition.operator in NEGATED:
        return frozenset(not one for one in matches)
    return matches


def _matches(condition: Condition, value: str) -> bool:
    return any(
        _compare(patterns.covers, patterns.covers_arn, one, value) for one in _texts(condition)
    )


def _of_identity(domain: Domain, condition: Condition, *, naming: bool) -> Outcomes:
    """Return whether a member that no value names can match, and can fail to match."""
    own = f"${{{condition.key.lower()}}}"
    if any(one.lower() == own for one in condition.values):
        # Every value equals the variable of its own key.
        return frozenset({True})
    found = set()
    texts = _texts(condition)
    if any(
        _compare(patterns.intersects, patterns.intersects_arn, one, value)
        for one in texts
        if not (naming and names_one(domain, one))
        for value in domain.values
    ):
        found.add(True)
    certain = texts if not any(map(_has_variable, condition.values)) else ()
    if not all(
        any(_compare(patterns.covers, patterns.covers_arn, one, value) for one in certain)
        for value in domain.values
    ):
        found.add(False)
    return frozenset(found)


@lru_cache(maxsize=4096)
def _texts(condition: Condition) -> tuple[str, ...]:
    """Return the values as patterns: the resource's variables as literals, others as `*`."""
    exact = condition.operator.startswith(("StringEquals", "StringNotEquals"))
    found = []
    for value in condition.values:
        if exact:
            value = value.replace("*", patterns.LITERAL_STAR).replace(
                "?", patterns.LITERAL_QUESTION
            )
        found.append(_VARIABLE.sub(_filled, value))
    return tuple(found)


def _filled(variable: re.Match[str]) -> str:
    key = variable.group()[2:-1].partition(",")[0].strip().lower()
    return _OF_RESOURCE.get(key, "*")


def _has_variable(value: str) -> bool:
    return OPENING in value


def names_one(domain: Domain, text: str) -> bool:
    """Return whether a value of an identity key names one member, or what belongs to one."""
    if not patterns.has_wildcard(text):
        return True
    first = domain.values[0]
    if text.startswith("arn:") and first.startswith(("arn", "*")):
        return _names_owner(text)
    if first == "o-*/*":
        return not patterns.has_wildcard(text.partition("/")[0])
    if first.startswith("AROA"):
        head = text.partition(":")[0]
        return ":" in text and bool(head) and not patterns.has_wildcard(head)
    return False


def _names_owner(arn: str) -> bool:
    """Return whether a pattern of ARNs names one account, or a bucket, which has no account."""
    parts = patterns.split_arn(arn)
    if parts is None:
        return False
    account, name = parts[4], parts[5]
    if account:
        return _ACCOUNT.fullmatch(account) is not None
    return bool(name) and not patterns.has_wildcard(name.partition("/")[0])


def _compare(texts: Comparison, arns: ArnComparison, wanted: str, value: str) -> bool:
    """Compare two patterns; ARNs part by part, so that accounts are compared with accounts."""
    if value.startswith("arn:") and min(wanted.count(":"), value.count(":")) >= _COLONS:
        return arns(wanted, value)
    return texts(wanted, value, case_sensitive=False)


def _of_network(condition: Condition) -> Outcomes:
    """Return the results for addresses: only named callers are in a narrow range."""
    if condition.operator not in ("IpAddress", "NotIpAddress"):
        return BOTH
    joined = collapsed(condition.values[:_MOST_NETWORKS])
    everything = {one.version for one in joined if one.prefixlen == 0} == {4, 6}
    wide = any(map(is_wide, joined))
    return frozenset({*({True} if wide else ()), *(() if everything else {False})})


def collapsed(texts: Iterable[str]) -> list[comparisons.Network]:
    """Return address ranges, adjacent ones merged and invalid ones left out."""
    ranges = [found for one in texts if (found := comparisons.network(one))]
    fours = [one for one in ranges if isinstance(one, ipaddress.IPv4Network)]
    sixes = [one for one in ranges if isinstance(one, ipaddress.IPv6Network)]
    return [*ipaddress.collapse_addresses(fours), *ipaddress.collapse_addresses(sixes)]


def is_wide(network: comparisons.Network) -> bool:
    """Return whether a range is so large that it identifies nobody on the internet."""
    return network.prefixlen < _SHORTEST_PREFIX[network.version]


def _wanted(condition: Condition) -> set[bool | None]:
    return {comparisons.boolean(value) for value in condition.values}

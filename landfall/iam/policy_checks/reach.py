"""Which of some actions an identity is allowed on resources of any name.

Access to one secret by name is normal; access to all of them is a finding. `free` tests a resource
that no policy names, in every account and region that the policies distinguish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns
from landfall.iam.effective_access.deciding import Held, Hold
from landfall.iam.effective_access.index import Index
from landfall.iam.effective_access.unlimited import is_met_at_will
from landfall.iam.escalation.paths import UNNAMED
from landfall.iam.policy_checks.subject import Examined

_REGION: Final = "zz-example-9"
_ACCOUNT: Final = "0" * 12
_MOST_PLACES: Final = 24


def named(examined: Examined, among: frozenset[str]) -> frozenset[str]:
    """Return those of some actions, in lower case, that the identity's policies name at all."""
    found: set[str] = set()
    for document in examined.access.layers[0]:
        found |= _named(document, among)
    return frozenset(found)


def _named(document: Index, among: frozenset[str]) -> set[str]:
    found = {text for text in document.exact if text in among}
    for text in document.wild:
        found |= _matching(text, among)
    for exact, wild in document.negated.values():
        out = set(exact).union(*(_matching(text, among) for text in wild))
        found |= among - out
    return found


@lru_cache(maxsize=16384)
def _matching(pattern: str, among: frozenset[str]) -> frozenset[str]:
    test = patterns.matcher(pattern)
    return frozenset(one for one in among if test(one))


def free(examined: Examined, action: str) -> Held:
    """Answer whether an action is held on a resource with a name that no policy gives."""
    rules = examined.access.reading_of(action).rules
    texts = {text for rule in rules for text in (*(rule.most.within or ()), *rule.most.outside)}
    places = sorted(_places(texts))[:_MOST_PLACES]
    return examined.held(action, *_targets(action, examined.identity.partitions, tuple(places)))


def freely(examined: Examined, among: Sequence[str]) -> Iterator[tuple[str, Held]]:
    """Yield those of some actions that are held on any name, whatever a request says."""
    held_at_all = named(examined, frozenset(one.lower() for one in among))
    for action in among:
        if action.lower() not in held_at_all:
            continue
        held = free(examined, action)
        chosen = held.resource and all(map(is_met_at_will, held.conditions))
        if held.hold is Hold.YES or (held.hold is Hold.CONDITIONAL and chosen and held.conditions):
            yield action, held


def _places(texts: set[str]) -> set[tuple[str, str]]:
    found = {(_REGION, _ACCOUNT)}
    for text in texts:
        parts = text.split(":", 5)
        if len(parts) > 4 and (parts[3].strip("*") or parts[4].strip("*")):
            region = parts[3].replace("*", "").replace("?", "a") or _REGION
            found.add(
                (region, parts[4].replace("*", "").replace("?", "0").ljust(12, "0") or _ACCOUNT)
            )
    return found


@lru_cache(maxsize=4096)
def _targets(
    action: str, partitions: tuple[str, ...], places: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    described = actions.find(action)
    if described is None or not described.resource_types:
        return (patterns.LITERAL_STAR,)
    required = [one for one in described.resource_types if one.required]
    found: dict[str, None] = {}
    for kind in required or described.resource_types:
        for partition in partitions:
            for region, account in places:
                found[_filled(kind.arn, partition, region, account)] = None
    if not required:
        found[patterns.LITERAL_STAR] = None
    return tuple(found)


def _filled(arn: str, partition: str, region: str, account: str) -> str:
    parts = arn.split(":", 5)
    if len(parts) == 6:
        for place, value in ((1, partition), (3, region), (4, account)):
            if parts[place] == "*":
                parts[place] = value
    return ":".join(parts).replace("*", UNNAMED)

"""Which resources AWS checks an action on, as patterns: the range of `*` for that action.

The types come from the service authorization reference (`landfall.iam.actions`). An ARN's partition
is the identity's; its account has twelve digits, so that AWS's own resources (`iam::aws:policy`)
are none of them, and is the identity's own where it can be no other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from landfall.iam import actions
from landfall.iam.access.classes import is_future
from landfall.iam.access.globs import Patterns
from landfall.iam.access.identities import Identity
from landfall.iam.patterns import LITERAL_STAR

ANY_ACCOUNT: Final = "?" * 12
# Actions on IAM's own resources are always on those of the caller's account.
_OWN_ACCOUNT: Final = frozenset({"iam"})


def resources_of(action: str, identity: Identity) -> Patterns:
    """Return the patterns of all resources that a request for an action may be checked on."""
    own = action.partition(":")[0].lower() in _OWN_ACCOUNT
    account = identity.account if own else None
    return _resources(action.lower(), identity.partitions, account or ANY_ACCOUNT)


@lru_cache(maxsize=16384)
def _resources(action: str, partitions: tuple[str, ...], account: str) -> Patterns:
    if is_future(action):
        return tuple(f"arn:{partition}:*" for partition in partitions)
    described = actions.find(action)
    if described is None:
        return ("*",)
    if not described.resource_types:
        return (LITERAL_STAR,)
    found: dict[str, None] = {}
    for kind in described.resource_types:
        for partition in partitions:
            found[_placed(kind.arn, partition, account)] = None
    if not any(kind.required for kind in described.resource_types):
        found[LITERAL_STAR] = None
    return tuple(found)


def _placed(arn: str, partition: str, account: str) -> str:
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return arn
    if parts[1] == "*":
        parts[1] = partition
    if parts[4] == "*":
        parts[4] = account
    return ":".join(parts)

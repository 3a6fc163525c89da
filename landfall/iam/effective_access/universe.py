"""The resources that AWS checks an action on, as patterns: what `*` means for that action.

The types come from the service authorization reference (`landfall.iam.actions`). An ARN's partition
is the identity's; its account has twelve digits, so that AWS's own resources (`iam::aws:policy`)
are none of them, and is the identity's own where it can be no other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from landfall.aws.arns import in_partition
from landfall.iam import actions
from landfall.iam.effective_access.classes import is_future
from landfall.iam.effective_access.globs import Patterns, no_more_colons
from landfall.iam.effective_access.identities import Identity
from landfall.iam.effective_access.rules import Resources
from landfall.iam.patterns import LITERAL_STAR

ANY_ACCOUNT: Final = "?" * 12
# No name or path of IAM has a colon (IAM User Guide: 'IAM and AWS STS quotas'), so that a pattern
# for roles takes in no user. In other services' ARNs a colon may stand anywhere.
NO_ARN_OF_IAM: Final = (no_more_colons(5),)


def resources_of(action: str, identity: Identity) -> Resources:
    """Return all resources that AWS may check an action on, as `within`.

    `outside` are resources that the patterns match, but that cannot exist.
    """
    lower = action.lower()
    if lower.startswith("iam:"):
        # Its resources are always of the caller's account.
        among = _resources(lower, identity.partitions, identity.account or ANY_ACCOUNT)
        return Resources(among, NO_ARN_OF_IAM)
    return Resources(_resources(lower, identity.partitions, ANY_ACCOUNT))


@lru_cache(maxsize=16384)
def _resources(action: str, partitions: tuple[str, ...], account: str) -> Patterns:
    if is_future(action):
        return tuple(in_partition(partition, "*") for partition in partitions)
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

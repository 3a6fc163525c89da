"""Which roles use a store: each role, or in a large stack the roles of exact accounts by path.

docs/decisions/0013-large-stacks-admit-roles-by-path.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint.artifacts import (
    HAND_OVER,
    OBJECT_READ,
    OBJECT_WRITE,
    SOURCE_WRITE,
    TO_THE_OWNER,
)
from landfall.blueprint.buckets import BUCKET_READ
from landfall.blueprint.statements import Statement, exact_roles, roles_by_path

MOST_EXACT_ROLES = 80
"""The most roles that one policy lists; 100 long names would exceed the size of a bucket policy."""


def is_exact(*roles: Sequence[str]) -> bool:
    """Return whether a policy lists each of these roles."""
    return sum(map(len, roles)) <= MOST_EXACT_ROLES


def key_users(
    organization_id: str,
    writers: Sequence[str],
    readers: Sequence[str],
    uses: dict[str, Sequence[str]],
) -> list[Statement]:
    """Return a key's statements; `uses` has the actions of `Writers` and of `Readers`."""
    admit = exact_roles if is_exact(writers, readers) else roles_by_path
    return [
        admit(sid, roles, organization_id, uses[sid], ["*"])
        for sid, roles in (("Writers", writers), ("Readers", readers))
        if roles
    ]


def bucket_users(
    arn: str,
    organization_id: str,
    writers: Sequence[str],
    readers: Sequence[str],
    senders: Sequence[str] = (),
) -> list[Statement]:
    """Return a bucket's statements for reading, writing and listing.

    `senders` write from other accounts, and hand their objects to the bucket's owner.
    """
    used = [
        (sid, roles, actions)
        for sid, roles, actions in (
            ("Writers", writers, OBJECT_WRITE),
            ("Readers", readers, OBJECT_READ),
            ("Senders", senders, SOURCE_WRITE),
        )
        if roles
    ]
    objects = f"{arn}/*"
    exact = is_exact(writers, readers, senders)
    admit = exact_roles if exact else roles_by_path
    handed = [admit("HandOver", senders, organization_id, HAND_OVER, [objects])] if senders else []
    for each in handed:
        each["Condition"]["StringEquals"].update(TO_THE_OWNER)
    if not exact:
        # One statement with both kinds of resource names the accounts once.
        return [
            *(
                roles_by_path(sid, roles, organization_id, [*actions, *BUCKET_READ], [arn, objects])
                for sid, roles, actions in used
            ),
            *handed,
        ]
    statements = [
        *(exact_roles(sid, roles, organization_id, acts, [objects]) for sid, roles, acts in used),
        *handed,
    ]
    if everyone := [*writers, *readers, *senders]:
        statements.append(exact_roles("Listing", everyone, organization_id, BUCKET_READ, [arn]))
    return statements

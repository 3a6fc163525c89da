"""One thing that the platform has to be able to do in an account."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A role of an account must be able to do `actions` on a resource, in a region.

    `role` has its path in front. `resource` is an ARN without the partition, in which `{account}`
    stands for the account's id, or `*`. With `from_management` the actions are asked for by the
    management account, whose own principals are under no SCP.
    """

    account: str
    role: str
    actions: tuple[str, ...]
    resource: str
    region: str
    from_management: bool = False

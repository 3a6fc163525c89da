"""One thing that the platform has to be able to do in an account."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.settings.source import Path


@dataclass(frozen=True, slots=True)
class Need:
    """A role of an account must be able to do `actions` on a resource, in a region.

    `role` has its path in front. `resource` is an ARN, in which `{account}` is the account's id and
    which may be without its `arn:PARTITION:`; or `*`. With `from_management` the management account
    asks for the actions, and no SCP applies to its own principals. `holder` is the account that has
    the resource where it is another one, with `holder_id` where that is known. `setting` is the
    path in the stack file that the need comes from. `unknown` are the condition keys that the
    request may or may not have. `granted`: a policy of the role grants it, in these words.
    """

    account: str
    role: str
    actions: tuple[str, ...]
    resource: str
    region: str
    from_management: bool = False
    holder: str | None = None
    holder_id: str | None = None
    setting: Path = ()
    unknown: tuple[str, ...] = ()
    granted: bool = False

"""A permission that the platform needs in an account."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.settings.source import Path


@dataclass(frozen=True, slots=True)
class Need:
    """A role of an account needs `actions` on a resource, in a region.

    `role` includes its path. `resource` is `*`, or an ARN with `{account}` for the account's id,
    optionally without `arn:PARTITION:`. With `from_management`, the management account
    makes the requests, and SCPs do not apply to its principals. `holder` is the account of
    the resource if it is another one, with `holder_id` if known. `setting` is the
    path of the setting that causes the need. `unknown` are the condition keys that the
    request may or may not have. `granted`: a policy of the role grants it with this pattern.
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

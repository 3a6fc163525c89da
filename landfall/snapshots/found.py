"""The contents of an organization, as read from AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """One organizational unit; `parent` is the id of its parent unit or root."""

    id: str
    name: str
    parent: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Account:
    """One account; `state` is AWS's (`ACTIVE`, `SUSPENDED`, …), `joined` the joined method.

    `since` is when it joined, as ISO 8601 in UTC.
    """

    id: str
    name: str
    email: str
    state: str
    joined: str
    parent: str
    tags: Tags
    since: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy of the organization, with the ids of its targets."""

    id: str
    name: str
    type: str
    description: str
    aws_managed: bool
    content: str
    targets: tuple[str, ...]
    tags: Tags


@dataclass(frozen=True, slots=True)
class Role:
    """One role in a member account; `trust` and `inline` are parsed documents."""

    account: str
    name: str
    path: str
    description: str
    session_seconds: int
    boundary: str
    trust: Mapping[str, Any]
    managed: tuple[str, ...]
    inline: Mapping[str, Mapping[str, Any]]
    tags: Tags
    id: str = ""


@dataclass(frozen=True, slots=True, order=True)
class InUse:
    """A resource of an account outside of AWS Organizations; `region` is empty for a global one.

    `setting` takes it over; without one, `why` is the reason why it stays as it is.
    """

    kind: str
    account: str
    region: str
    name: str
    setting: str
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A kind of resource that could not be read in an account, with AWS's error code."""

    kind: str
    account: str
    region: str
    code: str


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything read. `unread_accounts` are the accounts whose role could not be assumed.

    `account_roles` are the roles that could be assumed, by account.
    """

    id: str
    partition: str
    management_account: str
    root: str
    root_tags: Tags
    policy_types: tuple[str, ...]
    services: tuple[str, ...]
    delegations: Mapping[str, tuple[str, ...]]
    units: tuple[Unit, ...]
    accounts: tuple[Account, ...]
    policies: tuple[Policy, ...]
    roles: tuple[Role, ...] = ()
    unread_accounts: Mapping[str, str] = field(default_factory=dict)
    account_roles: Mapping[str, str] = field(default_factory=dict)
    in_use: tuple[InUse, ...] = ()
    unread: tuple[Unread, ...] = ()

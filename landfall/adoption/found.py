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
    """One account; `state` is AWS's (`ACTIVE`, `SUSPENDED`, …), `joined` the joined method."""

    id: str
    name: str
    email: str
    state: str
    joined: str
    parent: str
    tags: Tags


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


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything read. `unread_accounts` are the accounts whose role could not be assumed."""

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

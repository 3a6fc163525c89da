"""What a blueprint consists of: what has a policy, and named resources, each in its account."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from landfall.blueprint.buckets import Bucket
from landfall.blueprint.keys import Key
from landfall.blueprint.permission_sets import PermissionSet
from landfall.blueprint.roles import Policy, Role
from landfall.blueprint.topics import Topic
from landfall.settings.source import Path

Kind = Literal[
    "account-alias",
    "alarm",
    "analyzer",
    "approval-association",
    "approval-rule",
    "backup-settings",
    "backup-vault",
    "config-aggregator",
    "config-recorder",
    "config-role",
    "conformance-pack",
    "connection",
    "dashboard",
    "deployment-group",
    "detective-graph",
    "detector",
    "event-bus",
    "host",
    "image-repository",
    "inspector",
    "instance-profile",
    "log-group",
    "macie",
    "metric-filter",
    "monitoring-link",
    "monitoring-sink",
    "notification-rule",
    "oidc-provider",
    "pipeline",
    "project",
    "report-group",
    "repository",
    "resource-share",
    "rule",
    "saml-provider",
    "sampling-rule",
    "schedule",
    "secret",
    "security-hub",
    "service-quota",
    "session-preferences",
    "slack-channel",
    "teams-channel",
    "trace-encryption",
    "trace-group",
    "vpc-endpoint",
]


@dataclass(frozen=True, slots=True)
class PlacedRole:
    """A role of an account.

    `region` is its region of use. `setting` is the path of its setting in the stack file.
    """

    account: str
    region: str
    setting: Path
    role: Role


@dataclass(frozen=True, slots=True)
class PlacedPolicy:
    """A customer managed policy of an account."""

    account: str
    setting: Path
    policy: Policy


@dataclass(frozen=True, slots=True)
class PlacedKey:
    """A customer-managed key in a region of an account."""

    account: str
    region: str
    setting: Path
    key: Key


@dataclass(frozen=True, slots=True)
class PlacedBucket:
    """A private bucket in a region of an account."""

    account: str
    region: str
    setting: Path
    bucket: Bucket


@dataclass(frozen=True, slots=True)
class PlacedTopic:
    """An encrypted topic in a region of an account."""

    account: str
    region: str
    setting: Path
    topic: Topic


@dataclass(frozen=True, slots=True)
class PlacedSet:
    """A permission set of IAM Identity Center; `region` is where that is enabled."""

    region: str
    setting: Path
    permission_set: PermissionSet


@dataclass(frozen=True, slots=True)
class Named:
    """A resource that has a name and no policy of its own; `*` where AWS chooses the name."""

    kind: Kind
    account: str
    region: str
    name: str
    setting: Path


@dataclass(frozen=True)
class Blueprint:
    """All roles and policies of a stack, and the names of related resources.

    `account` is an account's key in the stack file; `naming.MANAGEMENT` is the management account.
    """

    roles: tuple[PlacedRole, ...]
    policies: tuple[PlacedPolicy, ...]
    resources: tuple[Named, ...]
    keys: tuple[PlacedKey, ...]
    buckets: tuple[PlacedBucket, ...]
    topics: tuple[PlacedTopic, ...]
    permission_sets: tuple[PlacedSet, ...]

    @cached_property
    def reserved_roles(self) -> tuple[PlacedRole, ...]:
        """The roles that AWS makes for permission sets, each in the accounts that it is given in.

        They work in any region; that of Identity Center stands for it.
        """
        return tuple(
            PlacedRole(account, each.region, each.setting, each.permission_set.role(each.region))
            for each in self.permission_sets
            for account in each.permission_set.accounts
        )

    @cached_property
    def by_name(self) -> dict[tuple[str, str], PlacedRole]:
        """The roles by their account and name."""
        return {(each.account, each.role.name): each for each in self.roles}

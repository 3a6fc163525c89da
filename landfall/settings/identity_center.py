"""IAM Identity Center: what people may do in which accounts, by their groups."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Name, Settings, Statement

# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
SetName = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]+$", max_length=32)]


class Group(Settings):
    """A group of the identity store; its key is its name there unless `name` says otherwise."""

    name: str | None = Field(default=None, min_length=1, max_length=1024)
    """The name shown; the key where left out."""
    id: str | None = Field(
        default=None, pattern=r"^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
    )
    """The id of a group that exists, as of one that comes from a directory: it is only used."""
    formerly: str | None = Field(default=None, min_length=1)
    """The key that it had before; Pulumi then takes it for the same group."""
    description: str = Field(default="", max_length=1024)
    """What it is for."""


class PermissionSet(Settings):
    """What people may do in an account in which it is assigned to them."""

    description: str = Field(default="", max_length=700)
    """What it is for; shown to people who sign in."""
    managed_policies: Distinct = ()
    """AWS managed policies, by name (`job-function/ViewOnlyAccess`) or ARN."""
    customer_managed_policies: Distinct = ()
    """Policies that each of the accounts has, by name, with the path in front."""
    statements: tuple[Statement, ...] = ()
    """What it allows beside."""
    boundary: str | None = None
    """The permissions boundary, by its key in `boundaries`."""
    session_hours: Count = Field(default=1, ge=1, le=12)
    """How long a session lasts, in hours."""
    relay_state: str | None = Field(default=None, min_length=1, max_length=240)
    """The address in the console at which a session begins."""


class Assignment(Settings):
    """Permission sets that a group has in accounts."""

    group: str
    """The group, by its key in `groups`."""
    permission_sets: Distinct = Field(min_length=1)
    """The sets, by their keys."""
    accounts: Distinct = ()
    """Accounts in which it has them; together with `units`."""
    units: Distinct = ()
    """Units in whose accounts, and those of units below, it has them."""


class IdentityCenter(Settings):
    """The organization's instance of IAM Identity Center, which a person has enabled."""

    instance: str = Field(pattern=r"^ssoins-[0-9a-zA-Z]{16}$")
    """The instance's id, as `aws sso-admin list-instances` shows it at the end of the ARN."""
    identity_store: str = Field(pattern=r"^d-[0-9a-f]{10}$")
    """The id of its identity store."""
    region: str | None = None
    """The region in which it is enabled; the home region where left out."""
    groups: dict[Name, Group] = Field(default_factory=dict)
    """Groups by name."""
    permission_sets: dict[SetName, PermissionSet] = Field(default_factory=dict)
    """Permission sets by name."""
    assignments: tuple[Assignment, ...] = ()
    """Who has which in which accounts."""

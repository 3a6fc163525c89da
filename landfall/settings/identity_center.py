"""IAM Identity Center: permissions of groups of users in accounts."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from landfall.settings.base import Count, Distinct, ListOf, Name, RoleStatement, Settings

# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
SetName = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]+$", max_length=32)]

UserKey = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]+$", max_length=128)]
_ID = r"^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Group(Settings):
    """A group of the identity store; its key is its name unless `name` is set."""

    name: str | None = Field(default=None, min_length=1, max_length=1024)
    """The display name. Default: the key."""
    id: str | None = Field(default=None, pattern=_ID)
    """The id of an existing group, for example from a directory; the stack does not change it."""
    formerly: str | None = Field(default=None, min_length=1)
    """The former key; Pulumi then treats it as the same group."""
    description: str = Field(default="", max_length=1024)
    """The group's description."""


class User(Settings):
    """An existing user of the identity store, for example from a directory."""

    id: str = Field(pattern=_ID)
    """The id of the user, as `aws identitystore list-users` shows it."""


class PermissionSet(Settings):
    """The permissions of users in an account where it is assigned to them."""

    description: str = Field(default="", max_length=700)
    """The description, shown to users at sign-in."""
    managed_policies: Distinct = ()
    """AWS managed policies, by name (`job-function/ViewOnlyAccess`) or ARN."""
    customer_managed_policies: Distinct = ()
    """Names of customer managed policies with their path, which each account must have."""
    statements: ListOf[RoleStatement] = ()
    """Further permissions."""
    boundary: str | None = None
    """The permissions boundary: a key of `boundaries`, or the ARN of an AWS managed policy."""
    session_hours: Count = Field(default=1, ge=1, le=12)
    """The session duration in hours."""
    relay_state: str | None = Field(default=None, min_length=1, max_length=240)
    """The console URL at which a session starts."""


class Assignment(Settings):
    """An assignment of permission sets to a group or a user in accounts."""

    group: str | None = None
    """The group's key in `groups`."""
    user: str | None = None
    """The user's key in `users`, instead of a group."""
    permission_sets: Distinct = Field(min_length=1)
    """The keys of the permission sets."""
    accounts: Distinct = ()
    """The accounts, in addition to `units`."""
    units: Distinct = ()
    """Units whose accounts are included, with those of units below."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.group is None) == (self.user is None):
            raise ValueError("needs either a group or a user; add one of them")
        return self


class IdentityCenter(Settings):
    """The organization's instance of IAM Identity Center; a user has enabled it."""

    instance: str = Field(pattern=r"^ssoins-[0-9a-zA-Z]{16}$")
    """The instance's id, as `aws sso-admin list-instances` shows it at the end of the ARN."""
    identity_store: str = Field(pattern=r"^d-[0-9a-f]{10}$")
    """The id of its identity store."""
    region: str | None = None
    """The region of the instance. Default: the home region."""
    groups: dict[Name, Group] = Field(default_factory=dict)
    """Groups by name."""
    users: dict[UserKey, User] = Field(default_factory=dict)
    """Existing users by name."""
    permission_sets: dict[SetName, PermissionSet] = Field(default_factory=dict)
    """Permission sets by name."""
    assignments: ListOf[Assignment] = ()
    """The assignments."""

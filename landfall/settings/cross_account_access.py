"""Roles in member accounts that roles of other accounts may assume."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, Name, Settings, Statement
from landfall.settings.federation import Federated, OidcProvider
from landfall.settings.identity_center import IdentityCenter

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]+$")]


class Principal(Settings):
    """A role in an account of the stack."""

    account: str
    """The account's key in the stack file."""
    role: str = Field(pattern=r"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$")
    """The role's name, with its path in front, as in `landfall/auditor`."""


class AccessRole(Settings):
    """One role, made in every account that it is for."""

    description: str = Field(default="", max_length=1000)
    """What the role is for."""
    principals: tuple[Principal, ...] = ()
    """The roles that may assume it."""
    federated: tuple[Federated, ...] = ()
    """The CI jobs that may assume it, by the tokens of an OIDC provider."""
    accounts: Distinct = ()
    """Accounts that get the role; together with `units`. Every member account where both are
    left out."""
    units: Distinct = ()
    """Units whose accounts, and those of units below, get the role."""
    managed_policies: Distinct = ()
    """AWS managed policies, by name (`SecurityAudit`, `job-function/ViewOnlyAccess`) or ARN."""
    statements: tuple[Statement, ...] = ()
    """What it may do beside."""
    session_hours: Count = Field(default=1, ge=1, le=12)
    """The longest session, in hours. AWS holds sessions of chained roles to one hour."""
    require_mfa: Flag = False
    """Roles that assume it must have signed in with a second factor."""
    boundary: str | None = None
    """The permissions boundary, by its key in `boundaries`."""


class Boundary(Settings):
    """A permissions boundary, made in every account that has a role within it.

    A role may do what both its own policies and its boundary allow.
    """

    description: str = Field(default="", max_length=1000)
    """What it is for."""
    statements: tuple[Statement, ...] = Field(min_length=1)
    """The most that a role within it may do."""


class Access(Settings):
    """Access across accounts."""

    roles: dict[RoleName, AccessRole] = Field(default_factory=dict)
    """Roles by name."""
    boundaries: dict[RoleName, Boundary] = Field(default_factory=dict)
    """Permissions boundaries by name."""
    oidc_providers: dict[Name, OidcProvider] = Field(default_factory=dict)
    """OIDC identity providers by name."""
    identity_center: IdentityCenter | None = None
    """People's access, by IAM Identity Center."""

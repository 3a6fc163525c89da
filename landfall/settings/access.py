"""Roles in member accounts that roles of other accounts may assume."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, Settings, Statement

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
    principals: tuple[Principal, ...] = Field(min_length=1)
    """The roles that may assume it."""
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
    """Callers must have signed in with a second factor."""


class Access(Settings):
    """Access across accounts."""

    roles: dict[RoleName, AccessRole] = Field(default_factory=dict)
    """Roles by name."""

"""Roles in member accounts that roles of other accounts may assume."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import (
    Count,
    Distinct,
    Flag,
    ListOf,
    Name,
    RoleStatement,
    ScopedStatement,
    Settings,
)
from landfall.settings.federation import Federated, OidcProvider, SamlProvider
from landfall.settings.identity_center import IdentityCenter

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]+$")]

AccountRole = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
"""The name of a role, without path, that the management account assumes."""

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
_SERVICE = r"^[a-z0-9-]+(\.[a-z0-9-]+)*$"
SamlName = Annotated[str, StringConstraints(pattern=r"^[\w.-]+$", max_length=128)]
_USER = r"^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$"


class Principal(Settings):
    """A role in an account of the stack."""

    account: str
    """The account's key in the stack file."""
    role: str = Field(pattern=r"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$")
    """The role's name with its path, as in `landfall/auditor`."""


class AccessRole(Settings):
    """One role, created in each of its accounts."""

    description: str = Field(default="", max_length=1000)
    """The role's description."""
    principals: ListOf[Principal] = ()
    """The roles that may assume it."""
    users: ListOf[Annotated[str, StringConstraints(pattern=_USER)]] = ()
    """IAM users of the management account that may assume it with MFA, by name with path."""
    services: ListOf[Annotated[str, StringConstraints(pattern=_SERVICE)]] = ()
    """AWS services that may assume it for resources of its account, as in `ec2`, `ecs-tasks`."""
    instance_profile: Flag = False
    """Create an instance profile of the role's name; `services` must have `ec2`."""
    federated: ListOf[Federated] = ()
    """The CI jobs that may assume it, with tokens of an OIDC provider."""
    saml: Distinct = ()
    """SAML identity providers whose users may assume it, by their keys in `samlProviders`."""
    accounts: Distinct = ()
    """Accounts that get the role, in addition to `units`. Default for both: every member
    account."""
    units: Distinct = ()
    """Units whose accounts get the role, including accounts of units below."""
    managed_policies: Distinct = ()
    """AWS managed policies, by name (`SecurityAudit`, `job-function/ViewOnlyAccess`) or ARN."""
    policies: Distinct = ()
    """Customer managed policies, by their keys in `policies`."""
    statements: ListOf[RoleStatement] = ()
    """Further permissions."""
    session_hours: Count = Field(default=1, ge=1, le=12)
    """The maximum session duration in hours. AWS limits sessions of chained roles to one hour."""
    require_mfa: Flag = False
    """Require MFA from who assumes it. Only `users` can meet it, and always must."""
    boundary: str | None = None
    """The permissions boundary: a key of `boundaries`, or the ARN of an AWS managed policy."""


class Boundary(Settings):
    """A permissions boundary, created in every account with a role that uses it.

    A role may do what both its policies and its boundary allow.
    """

    description: str = Field(default="", max_length=1000)
    """The boundary's description."""
    statements: ListOf[ScopedStatement] = Field(min_length=1)
    """The maximum permissions of a role with this boundary."""


class OwnPolicy(Settings):
    """A customer managed policy of the path `/landfall/`."""

    description: str = Field(default="", max_length=1000)
    """The policy's description."""
    statements: ListOf[RoleStatement] = Field(min_length=1)
    """The permissions."""
    accounts: Distinct = ()
    """Accounts that get the policy, in addition to those with a role that has it."""
    units: Distinct = ()
    """Units whose accounts get the policy."""


class Access(Settings):
    """Cross-account access."""

    roles: dict[RoleName, AccessRole] = Field(default_factory=dict)
    """Roles by name."""
    boundaries: dict[RoleName, Boundary] = Field(default_factory=dict)
    """Permissions boundaries by name."""
    policies: dict[RoleName, OwnPolicy] = Field(default_factory=dict)
    """Customer managed policies by name."""
    oidc_providers: dict[Name, OidcProvider] = Field(default_factory=dict)
    """OIDC identity providers by name."""
    saml_providers: dict[SamlName, SamlProvider] = Field(default_factory=dict)
    """SAML identity providers by name."""
    identity_center: IdentityCenter | None = None
    """User access through IAM Identity Center."""

"""Member accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import EMAIL, Alias, Count, Distinct, Flag, Name, Settings
from landfall.settings.baseline import Baseline
from landfall.settings.cross_account_access import AccountRole
from landfall.settings.organization_tree import ROOT, PolicyType

Purpose = Literal["audit", "log-archive", "delivery", "network", "shared-services"]

SINGLE_PURPOSES: frozenset[Purpose] = frozenset({"audit", "log-archive", "delivery"})
"""Purposes with at most one account; AWS delegates a security service to one account."""


class Account(Settings):
    """One member account; its key in the stack file is its permanent name."""

    name: str | None = Field(default=None, pattern=r"^[ -~]+$", max_length=50)
    """The name in the organization. Default: the key. A change renames the account."""
    formerly: str | None = Field(default=None, min_length=1)
    """The former key; Pulumi then treats it as the same account."""
    email: str = Field(pattern=EMAIL, min_length=6, max_length=64)
    """The root user's e-mail address, unique across AWS."""
    unit: str = ROOT
    """The path of its organizational unit, as in `Workloads/Dev`, or `Root`."""
    purpose: Purpose | None = None
    """The account's purpose; other parts of the stack find the account by it."""
    environment: Name | None = None
    """The account's environment, as in `dev`."""
    id: str | None = Field(default=None, pattern=r"^[0-9]{12}$")
    """The id of an existing account to adopt; quoted, because YAML may read it as octal."""
    account_role: AccountRole | None = None
    """The role that the management account assumes here, as `AWSControlTowerExecution`. Default:
    the organization's."""
    external: Flag = False
    """Managed elsewhere, for example by AWS Control Tower: it can have roles and pipelines, but the
    stack does not change the account itself."""
    guardrails: Distinct = ()
    """Names of guardrails that apply only to this account."""
    full_access: Flag = True
    """AWS's FullAWSAccess is attached here. `false` detaches it: then only what guardrails here
    allow is allowed, and only if each level above allows it, too."""
    other_policies: dict[PolicyType, Count] = Field(default_factory=dict)
    """The number of policies attached here that the stack does not manage, by type. They use up
    quota."""
    baseline: Baseline = Field(default_factory=Baseline)
    """Differences from the baseline of the unit or stack."""
    alias: Alias | None = None
    """The alias in the account's sign-in URL, unique across AWS."""
    close_on_deletion: Flag = False
    """Close the account when it is removed from the stack; otherwise it is protected."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the account."""

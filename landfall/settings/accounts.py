"""Member accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import EMAIL, Count, Distinct, Flag, Name, Settings
from landfall.settings.baseline import Baseline
from landfall.settings.organization_tree import ROOT, PolicyType

Purpose = Literal["audit", "log-archive", "delivery", "network", "shared-services"]

SINGLE_PURPOSES: frozenset[Purpose] = frozenset({"audit", "log-archive", "delivery"})
"""Purposes of which a stack has one account; AWS delegates a security service to one."""


class Account(Settings):
    """One member account; its key in the stack file is its name in this project."""

    name: str | None = Field(default=None, pattern=r"^[ -~]+$", max_length=50)
    """The name shown in the organization; the key where left out. A change renames it."""
    formerly: str | None = Field(default=None, min_length=1)
    """The key that it had before; Pulumi then takes it for the same account."""
    email: str = Field(pattern=EMAIL, min_length=6, max_length=64)
    """The root user's address; unique in all of AWS."""
    unit: str = ROOT
    """The path of its organizational unit, as in `Workloads/Dev`, or `Root`."""
    purpose: Purpose | None = None
    """What the account is for, where other parts of the stack look for it."""
    environment: Name | None = None
    """The environment it holds, as in `dev`."""
    id: str | None = Field(default=None, pattern=r"^[0-9]{12}$")
    """The id of an existing account to take over; in quotes, or YAML may read it as octal."""
    external: Flag = False
    """Kept by something else, as AWS Control Tower: roles and pipelines may stand in it, and the
    account itself is not changed."""
    guardrails: Distinct = ()
    """Names of the guardrails that hold for this account alone."""
    other_policies: dict[PolicyType, Count] = Field(default_factory=dict)
    """How many policies that the stack does not keep are attached here, by type. They take
    places."""
    baseline: Baseline = Field(default_factory=Baseline)
    """What differs from the baseline around it."""
    close_on_deletion: Flag = False
    """Close the account when it leaves the stack; otherwise it is protected."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the account."""

"""Member accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Settings
from landfall.settings.organization import ROOT

Purpose = Literal["audit", "log-archive", "delivery", "network", "shared-services"]


class Account(Settings):
    """One member account; its key in the stack file is its name in this project."""

    name: str | None = Field(default=None, min_length=1, max_length=50)
    """The name shown in the organization; the key where left out."""
    email: str = Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$", min_length=6, max_length=64)
    """The root user's address; unique in all of AWS."""
    unit: str = ROOT
    """The path of its organizational unit, as in `Workloads/Dev`, or `Root`."""
    purpose: Purpose | None = None
    """What the account is for, where other parts of the stack look for it."""
    environment: str | None = None
    """The environment it holds, as in `dev`."""
    id: str | None = Field(default=None, pattern=r"^\d{12}$")
    """The id of an existing account to take over."""
    close_on_deletion: bool = False
    """Close the account when it leaves the stack; otherwise it is protected."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the account."""

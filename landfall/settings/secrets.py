"""Secrets, declared without their values: those never stand in settings, state or logs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Count, Settings
from landfall.settings.deployments import RolePath


class Rotation(Settings):
    """How Secrets Manager renews a secret."""

    function: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The Lambda function that does it, in the secret's account."""
    days: Count = Field(default=30, ge=1, le=1000)
    """The days between."""


class Secret(Settings):
    """One secret of an application. Its value is written by a person or a rotation, never here."""

    description: str = Field(default="", max_length=1000)
    """What it is for."""
    store: Literal["secret", "parameter"] = "secret"
    """A secret of Secrets Manager, or a SecureString of Parameter Store.

    A parameter comes to be with its value; the stack gives its key and who may read it."""
    variable: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")
    """The environment variable in which builds read it; it then stands in the delivery account."""
    readers: tuple[RolePath, ...] = ()
    """Roles in the target accounts that may read it, each name with its path in front."""
    rotation: Rotation | None = None
    """How it is renewed."""

"""Secrets without their values: values are never in settings, state or logs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Count, ListOf, Settings
from landfall.settings.deployment_kind import RolePath


class Rotation(Settings):
    """The rotation of a secret by Secrets Manager."""

    function: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The rotation Lambda function, in the secret's account."""
    days: Count = Field(default=30, ge=1, le=1000)
    """Days between rotations."""


class Secret(Settings):
    """One secret of an application. A user or a rotation sets its value, never the stack file."""

    description: str = Field(default="", max_length=1000)
    """The secret's description."""
    store: Literal["secret", "parameter"] = "secret"
    """A secret of Secrets Manager, or a SecureString parameter of Parameter Store.

    A parameter is created with its value; the stack provides its key and read access."""
    variable: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")
    """The environment variable for builds; the secret is then in the delivery account."""
    key: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.@/-]{1,256}$")
    """The key whose value `variable` gets, if the secret is a JSON object."""
    readers: ListOf[RolePath] = ()
    """Roles in the target accounts that may read it, each with its path."""
    rotation: Rotation | None = None
    """The rotation."""

"""Session Manager: the preferences of an account's regions, and what instances need for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Flag, ListOf, Settings

# https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
_USER = r"^[A-Za-z_][A-Za-z0-9_.-]{0,31}$"
_VPC, _SUBNET, _GROUP = r"^vpc-[0-9a-f]+$", r"^subnet-[0-9a-f]+$", r"^sg-[0-9a-f]+$"


class SessionEndpoints(Settings):
    """Endpoints through which instances without internet access reach Session Manager."""

    vpc: Annotated[str, StringConstraints(pattern=_VPC)]
    """The VPC's id; its `enableDnsSupport` and `enableDnsHostnames` are on."""
    subnets: ListOf[Annotated[str, StringConstraints(pattern=_SUBNET)]] = Field(min_length=1)
    """The subnets' ids, at most one in each Availability Zone."""
    security_groups: ListOf[Annotated[str, StringConstraints(pattern=_GROUP)]] = Field(min_length=1)
    """The security groups' ids; they admit HTTPS from the instances."""
    region: str | None = None
    """The VPC's region. Default: the home region."""


class Sessions(Settings):
    """Session Manager in an account: its preferences, and the role of instances."""

    enabled: Flag = False
    """Set the preferences of each region, and create the role."""
    regions: ListOf[str] = ()
    """The regions. Default: those of the organization."""
    logs: Flag = True
    """Log what users type and see to the log archive, encrypted with its key."""
    encrypt: Flag = False
    """Encrypt sessions with a KMS key of each region, in addition to TLS."""
    run_as: Annotated[str, StringConstraints(pattern=_USER)] | None = None
    """The operating system's user of sessions on Linux. Default: `ssm-user`."""
    idle_minutes: Annotated[Count, Field(ge=1, le=60)] = 20
    """Minutes without activity until a session ends."""
    max_minutes: Annotated[Count, Field(ge=1, le=1440)] | None = None
    """Minutes until a session ends in any case. Default: no limit."""
    endpoints: ListOf[SessionEndpoints] = ()
    """VPC endpoints to create, each of VPCs that exist."""

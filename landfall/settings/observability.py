"""What is watched of an application, and who is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.accounts import EMAIL
from landfall.settings.base import Count, Settings

Event = Literal["failed", "succeeded", "approval", "build-failed", "rollback"]
Email = Annotated[str, StringConstraints(pattern=EMAIL)]


class Tracing(Settings):
    """X-Ray in the target accounts."""

    percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 5
    """The part of the requests that is traced."""
    per_second: Count = Field(default=1, ge=0, le=1000)
    """Requests that are traced each second before `percent` counts."""


class Slack(Settings):
    """A channel of Slack, through AWS Chatbot; a person lets it into the workspace once."""

    workspace: str = Field(pattern=r"^[0-9A-Z]{1,255}$")
    """The workspace's id, as in `T012ABCDEFG`."""
    channel: str = Field(pattern=r"^[A-Za-z0-9]{1,255}$")
    """The channel's id, as in `C012ABCDEFG`."""


class Observability(Settings):
    """Alarms, notifications, dashboard and traces of one application."""

    notify: tuple[Email, ...] = ()
    """E-mail addresses that are told of `events` and alarms."""
    slack: Slack | None = None
    """A channel of Slack that is told too."""
    events: tuple[Event, ...] = Field(default=("failed", "rollback"), min_length=1)
    """What is told."""
    errors: Count = Field(default=5, ge=1)
    """Errors in a minute, twice in three minutes, at which a deployment counts as unhealthy."""
    build_minutes: Count | None = Field(default=None, ge=1, le=2160)
    """A build that takes longer raises an alarm; three quarters of its timeout where left out."""
    tracing: Tracing | None = None
    """Trace the application with X-Ray."""

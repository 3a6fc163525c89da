"""What is watched of an application, and who is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import EMAIL, Count, Settings

Event = Literal["failed", "succeeded", "approval", "build-failed", "rollback"]
Email = Annotated[str, StringConstraints(pattern=EMAIL)]


class Tracing(Settings):
    """X-Ray in the target accounts."""

    percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 5
    """The part of the requests that is traced."""
    per_second: Count = Field(default=1, ge=0, le=1000)
    """Requests that are traced each second before `percent` counts."""


class Observability(Settings):
    """Alarms, notifications, dashboard and traces of one application."""

    notify: tuple[Email, ...] = ()
    """E-mail addresses that are told of `events` and alarms."""
    events: tuple[Event, ...] = Field(default=("failed", "rollback"), min_length=1)
    """What is told."""
    errors: Count = Field(default=5, ge=1)
    """Errors in a minute, twice in three minutes, at which a deployment counts as unhealthy."""
    build_minutes: Count | None = Field(default=None, ge=1, le=2160)
    """A build that takes longer raises an alarm; three quarters of its timeout where left out."""
    tracing: Tracing | None = None
    """Trace the application with X-Ray."""

    @property
    def told(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self.notify)

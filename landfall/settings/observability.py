"""Alarms, notifications and traces of an application."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import EMAIL, Count, ListOf, Settings

Event = Literal["failed", "succeeded", "approval", "build-failed", "rollback"]
Email = Annotated[str, StringConstraints(pattern=EMAIL)]


class Tracing(Settings):
    """X-Ray in the target accounts."""

    percent: Annotated[int, Field(strict=True, ge=0, le=100)] = 5
    """The percentage of traced requests."""
    per_second: Count = Field(default=1, ge=0, le=1000)
    """Requests traced each second before `percent` applies."""


class Slack(Settings):
    """A Slack channel; a user authorizes the workspace once in the console."""

    workspace: str = Field(pattern=r"^[0-9A-Z]{1,255}$")
    """The workspace's id, as in `T0123ABCD`."""
    channel: str = Field(pattern=r"^[A-Za-z0-9]{1,255}$")
    """The channel's id, as in `C0123ABCD`."""


_TEXT = "[a-zA-Z0-9_=+/.,-]*"
_UUID = r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"


class Teams(Settings):
    """A Microsoft Teams channel; a user authorizes the team once in the console."""

    tenant: str = Field(pattern=_UUID)
    """The tenant's id."""
    team: str = Field(pattern=_UUID)
    """The team's id."""
    channel: str = Field(pattern=rf"^{_TEXT}%3[aA]{_TEXT}%40{_TEXT}$")
    """The channel's id, as in the channel's link: `19%3a…%40thread.tacv2`."""


class Chat(Settings):
    """Chat channels to notify, through Amazon Q Developer in chat applications (AWS Chatbot)."""

    slack: Slack | None = None
    """A Slack channel."""
    teams: Teams | None = None
    """A Microsoft Teams channel."""


class Observability(Settings):
    """Alarms, notifications, dashboard and traces of one application."""

    notify: ListOf[Email] = ()
    """E-mail addresses to notify of `events` and alarms."""
    chat: Chat | None = None
    """Chat channels to notify of the same."""
    events: ListOf[Event] = Field(default=("failed", "rollback"), min_length=1)
    """The events to notify of."""
    errors: Count = Field(default=5, ge=1)
    """Errors a minute, in two of three minutes, at which a deployment counts as unhealthy."""
    error_percent: Count | None = Field(default=None, ge=1, le=100)
    """The percentage of failing requests, instead of `errors`; it works for high and low
    traffic."""
    build_minutes: Count | None = Field(default=None, ge=1, le=2160)
    """A longer build raises an alarm. Default: three quarters of the timeout."""
    tracing: Tracing | None = None
    """Trace the application with X-Ray."""

    @property
    def told(self) -> bool:
        """Whether anyone is notified."""
        return bool(self.notify) or self.chat is not None

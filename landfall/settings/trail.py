"""The organization's trail, and alarms on its events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Flag, ListOf, RetentionDays, Settings
from landfall.settings.config_rules import ResourceType
from landfall.settings.observability import Email

# The names of landfall.aws.trail_alarms.
AlarmKind = Literal[
    "root-use",
    "unauthorized-calls",
    "sign-in-without-mfa",
    "iam-policy-changes",
    "trail-changes",
    "failed-sign-ins",
    "key-deletions",
    "bucket-policy-changes",
    "config-changes",
    "security-group-changes",
    "network-acl-changes",
    "gateway-changes",
    "route-table-changes",
    "vpc-changes",
    "organization-changes",
]
# A part of the names of an alarm and of its metric.
AlarmName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class OwnAlarm(Settings):
    """A custom alarm on events of the trail."""

    pattern: str = Field(min_length=1, max_length=1024)
    """The events, as a filter pattern of CloudWatch Logs."""
    threshold: Count = Field(default=1, ge=1)
    """The number of events in five minutes from which it is in alarm."""


class TrailAlarms(Settings):
    """Alarms on events of the organization's trail, through a topic of the management account."""

    notify: ListOf[Email] = Field(min_length=1)
    """E-mail addresses to notify; each confirms its subscription once."""
    kinds: ListOf[AlarmKind] | None = None
    """The alarms of the CIS benchmark to create. Default: all."""
    own: dict[AlarmName, OwnAlarm] = Field(default_factory=dict)
    """Custom alarms by name."""


class Trail(Settings):
    """The CloudTrail trail of all accounts and regions."""

    enabled: Flag = True
    """Whether to create the trail."""
    insights: ListOf[Literal["api-call-rate", "api-error-rate"]] = ()
    """The kinds of CloudTrail Insights."""
    data_events: ListOf[ResourceType] = ()
    """Resource types whose data events are recorded too, as in `AWS::S3::Object`; AWS charges."""
    log_group_days: RetentionDays | None = None
    """Also send events to a log group of the management account, and keep them for these days."""
    alarms: TrailAlarms | None = None
    """Alarms on events; they need `logGroupDays`."""

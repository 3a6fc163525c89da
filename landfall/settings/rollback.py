"""Deployment windows, alarms and rollback of deployments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, ListOf, Settings

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
AlarmName = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,255}$")]

_DAY = r"(MON|TUE|WED|THU|FRI|SAT|SUN)"


class Window(Settings):
    """When a deployment may start; at other times it waits."""

    days: str = Field(default="MON-FRI", pattern=rf"^{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*$")
    """Days of the week, as in `MON-FRI` or `MON,WED`."""
    hours: str = Field(default="0-23", pattern=r"^([01]?\d|2[0-3])(-([01]?\d|2[0-3]))?$")
    """Hours of the day, inclusive, as in `9-16`; a single hour in quotes."""
    time_zone: str = Field(default="UTC", pattern=r"^[A-Za-z]+([A-Za-z0-9_+:/-]*[A-Za-z0-9])?$")
    """The time zone, as in `Europe/Berlin`, `UTC` or `UTC+05:30`."""

    @property
    def cron(self) -> str:
        """The window in the format of CodePipeline's DeploymentWindow rule.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
        """
        return f"* * {self.hours} ? * {self.days} *"


class Rollback(Settings):
    """Alarms, deployment window and rollback of an environment's deployments."""

    on_failure: Literal["rollback", "retry", "stop"] = "rollback"
    """What a failed deployment stage does: roll back to the last release, retry the failed actions,
    or stop."""
    alarms: ListOf[AlarmName] = ()
    """CloudWatch alarms in the target account that stop and roll back a deployment, besides the
    stack's alarms."""
    bake_minutes: Count | None = Field(default=None, ge=1, le=1440)
    """How long to watch alarms after a deployment; an alarm rolls it back."""
    window: Window | None = None
    """When a deployment may start."""

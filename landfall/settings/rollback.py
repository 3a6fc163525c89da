"""When a deployment may begin, what watches it, and how it goes back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Settings

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
AlarmName = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,255}$")]

_DAY = r"(MON|TUE|WED|THU|FRI|SAT|SUN)"


class Window(Settings):
    """When a deployment may begin; outside it waits."""

    days: str = Field(default="MON-FRI", pattern=rf"^{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*$")
    """Days of the week, as in `MON-FRI` or `MON,WED`."""
    hours: str = Field(default="0-23", pattern=r"^([01]?\d|2[0-3])(-([01]?\d|2[0-3]))?$")
    """Hours of the day, both included, as in `9-16`; in quotes where it is one alone."""
    time_zone: str = Field(default="UTC", pattern=r"^[A-Za-z]+([A-Za-z0-9_+/-]*[A-Za-z0-9])?$")
    """The time zone, as in `Europe/Berlin`."""

    @property
    def cron(self) -> str:
        """The window as CodePipeline's DeploymentWindow rule takes it.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
        """
        return f"* * {self.hours} ? * {self.days} *"


class Rollback(Settings):
    """How deployments to an environment are guarded, and go back."""

    on_failure: Literal["rollback", "retry", "stop"] = "rollback"
    """What a failed deployment stage does: go back to the last release, try the failed actions
    again, or stop."""
    alarms: tuple[AlarmName, ...] = ()
    """CloudWatch alarms in the target account that stop and undo a deployment, beside those the
    stack makes."""
    bake_minutes: Count | None = Field(default=None, ge=1, le=1440)
    """How long alarms are watched after a deployment; one that goes off takes it back."""
    window: Window | None = None
    """When a deployment may begin."""

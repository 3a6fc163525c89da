"""What starts a pipeline beside pushes, in which mode its executions run, and its variables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Settings

ExecutionMode = Literal["queued", "superseded", "parallel"]
"""How executions of a pipeline wait for each other.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariableDeclaration.html
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9@_-]+$", max_length=128)]

_FIELD = r"[0-9A-Z*?/,#-]+"

PipelineOf = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=201
    ),
]
"""An environment's pipeline, as `APPLICATION/ENVIRONMENT`."""


class Variable(Settings):
    """A variable of the pipelines, `#{variables.NAME}`; a manual start may give it a value."""

    default: str = Field(min_length=1, max_length=1000)
    """The value of executions that give none, such as those that a push starts."""
    description: str | None = Field(default=None, max_length=200)
    """What it is for; the console shows it to who starts the pipeline."""


class Schedule(Settings):
    """When EventBridge Scheduler starts a pipeline."""

    cron: str = Field(pattern=rf"^({_FIELD} ){{5}}{_FIELD}$")
    """Minutes, hours, day of month, month, day of week and year, as in `0 6 ? * MON-FRI *`."""
    time_zone: str = Field(default="UTC", pattern=r"^[A-Za-z]+([A-Za-z0-9_+:/-]*[A-Za-z0-9])?$")
    """The time zone, as in `Europe/Berlin`."""

    @property
    def expression(self) -> str:
        """The schedule in the format of EventBridge Scheduler.

        https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
        """
        return f"cron({self.cron})"

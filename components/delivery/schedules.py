"""Schedules that start a pipeline, with a role for this pipeline only.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
"""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.places import Place
from landfall.blueprint.roles import schedule_role


class ScheduleArgs(TypedDict):
    """When EventBridge Scheduler starts a pipeline."""

    expression: str
    """A schedule expression, as in `cron(0 6 ? * MON-FRI *)`."""
    time_zone: str
    """Its time zone, as in `Europe/Berlin`."""


def start_on_schedules(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    pipeline: aws.codepipeline.Pipeline,
    *,
    pipeline_name: str,
    role_name: str,
    schedules: Sequence[ScheduleArgs],
) -> None:
    """Create the schedules of a pipeline, and the role that may start it and nothing else."""
    child = pulumi.ResourceOptions(parent=parent)
    described = f"Starts pipeline {pipeline_name} on schedule"
    role = schedule_role(role_name, described, place, inputs.text(pipeline.arn))
    made = make_role(f"{name}-schedule", role, inputs, child)
    for number, schedule in enumerate(schedules, 1):
        aws.scheduler.Schedule(
            f"{name}-{number}",
            name=f"{pipeline_name}-{number}",
            description=described,
            schedule_expression=schedule["expression"],
            schedule_expression_timezone=schedule["time_zone"],
            flexible_time_window={"mode": "OFF"},
            target={"arn": pipeline.arn, "role_arn": made.role.arn},
            region=place.region,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
        )

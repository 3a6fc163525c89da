"""EventBridge Scheduler: schedule expressions, time zones, and the role of a target."""

from __future__ import annotations

import json
import re
from typing import Final
from zoneinfo import available_timezones

from landfall.aws.schedules import problem
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_RATE: Final = re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)")
_AT: Final = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
_CRON: Final = re.compile(r"cron\((.*)\)")


class ValidationError(AWSError):
    """An input that Scheduler refuses: EventBridge Scheduler API Reference, CreateSchedule."""

    code = "ValidationException"


@limit("scheduler", "CreateSchedule", "UpdateSchedule")
def expressions(request: Request) -> None:
    """Scheduler User Guide, 'Schedule types': the expression and its time zone."""
    expression = request.params["ScheduleExpression"]
    cron = _CRON.fullmatch(expression)
    fits = problem(cron[1]) is None if cron else _RATE.fullmatch(expression)
    if not fits and not _AT.fullmatch(expression):
        raise ValidationError(f"Invalid Schedule Expression {expression}.")
    zone = request.params.get("ScheduleExpressionTimezone", "UTC")
    if zone not in available_timezones():
        raise ValidationError(
            f"The ScheduleExpressionTimezone {zone} is invalid. "
            "It must be a name of the IANA Time Zone Database."
        )


@limit("scheduler", "CreateSchedule", "UpdateSchedule")
def roles(request: Request) -> None:
    """Scheduler User Guide, 'Setting up': Scheduler must be able to assume the target's role."""
    role = find_role(request.params["Target"]["RoleArn"])
    group = request.params.get("GroupName", "default")
    source = request.arn("scheduler", f"schedule-group/{group}")
    scheduler = service("scheduler.amazonaws.com", request.account, source)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), scheduler):
        raise ValidationError(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume "
            "the role."
        )

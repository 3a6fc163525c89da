"""Pipelines that rules of EventBridge and schedules of EventBridge Scheduler start.

EventBridge and Scheduler act as the target's role, which must trust them for the rule or the group
of schedules, and may start the pipeline. Rehearsals ask, to run what the sandbox would only count
as done.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends

from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.permissions import Permission
from landfall.sandbox.services.events import delivering
from landfall.sandbox.services.events.inputs import text_of
from landfall.sandbox.services.events.target_permissions import kind_of, refusal

_SCHEDULER: Final = "scheduler.amazonaws.com"
_BUS: Final = "event-bus/"

Found = dict[str, Any]
"""A pipeline's ARN as `pipeline`, what asks for its start as `by`, its `input`, and `why` not."""


def of_event(event: Mapping[str, Any], bus: str = "default") -> Iterator[Found]:
    """Yield the pipelines that an event on a bus of its account starts, also over other buses."""
    yield from _on_bus(event, event["account"], event["region"], bus)


def _on_bus(event: Mapping[str, Any], account: str, region: str, bus: str) -> Iterator[Found]:
    for rule in list(events_backends[account][region].event_buses[bus].rules.values()):
        if rule.state != "ENABLED" or not delivering.fits(rule, event):
            continue
        for target in rule.targets:
            kind = kind_of(target["Arn"])
            if kind not in ("codepipeline", "event-bus"):
                continue
            lacking = refusal(account, region, rule.arn, target)
            why = "" if lacking is None else lacking.message
            if kind == "codepipeline":
                text = text_of(target, event, rule.arn)
                yield {"pipeline": target["Arn"], "by": rule.arn, "input": text, "why": why}
            elif why:
                yield {"pipeline": "", "by": rule.arn, "input": "", "why": why}
            else:
                _, _, _, there, owner, resource = target["Arn"].split(":", 5)
                yield from _on_bus(event, owner, there, resource.removeprefix(_BUS))


def of_schedules(account: str, region: str, pipeline: str) -> Iterator[Found]:
    """Yield the enabled schedules that start a pipeline, by its ARN."""
    for group in list(scheduler_backends[account][region].schedule_groups.values()):
        # The role trusts the group, as Scheduler User Guide, 'Confused deputy prevention', says.
        source = group.arn
        for schedule in list(group.schedules.values()):
            if schedule.target["Arn"] == pipeline and schedule.state == "ENABLED":
                sender = (account, source, schedule.target["RoleArn"])
                found = _asked(sender, pipeline, schedule.target.get("Input", ""))
                yield {**found, "by": schedule.arn}


def _asked(sender: tuple[str, str, str], pipeline: str, text: str) -> Found:
    account, source, role = sender
    needed = Permission("codepipeline:StartPipelineExecution", pipeline)
    why = _refused(account, source, role, needed)
    return {"pipeline": pipeline, "by": source, "input": text, "why": why}


def _refused(account: str, source: str, role: str, needed: Permission) -> str:
    """Return why Scheduler cannot do something for a schedule as a role."""
    found = find_role(role)
    applicant = service(_SCHEDULER, account, source)
    if found is None or not trusts(json.loads(found.assume_role_policy_document), applicant):
        return f"{_SCHEDULER} is not authorized to assume {role or 'a role'} for {source}."
    region = source.split(":")[3]
    return refused(session_of(role, "start"), region, [needed])

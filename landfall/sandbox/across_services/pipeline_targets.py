"""Pipelines that rules of EventBridge and schedules of EventBridge Scheduler start.

EventBridge and Scheduler act as the target's role, which must trust them for the rule or the group
of schedules, and may start the pipeline. Only rehearsals ask: no event of the sandbox itself starts
a pipeline.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends

from landfall.sandbox.across_services import service_events
from landfall.sandbox.across_services.trust import (
    Applicant,
    decide,
    find_role,
    service,
    trusts,
)
from landfall.sandbox.judging.acting import refused, session_of
from landfall.sandbox.judging.context import of_caller
from landfall.sandbox.judging.permissions import Permission

_EVENTS: Final = "events.amazonaws.com"
_SCHEDULER: Final = "scheduler.amazonaws.com"
_BUS: Final = "event-bus/"

Found = dict[str, Any]
"""A pipeline's ARN as `pipeline`, what asks for its start as `by`, its `input`, and `why` not."""


def of_event(event: Mapping[str, Any], bus: str = "default") -> Iterator[Found]:
    """Yield the pipelines that an event on a bus of its account starts, also over other buses."""
    yield from _on_bus(event, event["account"], event["region"], bus)


def _on_bus(event: Mapping[str, Any], account: str, region: str, bus: str) -> Iterator[Found]:
    for rule in list(events_backends[account][region].event_buses[bus].rules.values()):
        if rule.state != "ENABLED" or not service_events.fits(rule, event):
            continue
        for target in rule.targets:
            _, _, name, there, owner, resource = target["Arn"].split(":", 5)
            if name == "codepipeline":
                text = service_events.text(target, event)
                sender = (account, rule.arn, target.get("RoleArn", ""))
                yield _asked(_EVENTS, sender, target["Arn"], text)
            elif name == "events" and resource.startswith(_BUS):
                why = _unsent(account, rule.arn, target)
                if why:
                    yield {"pipeline": "", "by": rule.arn, "input": "", "why": why}
                else:
                    yield from _on_bus(event, owner, there, resource.removeprefix(_BUS))


def of_schedules(account: str, region: str, pipeline: str) -> Iterator[Found]:
    """Yield the enabled schedules that start a pipeline, by its ARN."""
    for group in list(scheduler_backends[account][region].schedule_groups.values()):
        # The role trusts the group, as Scheduler User Guide, 'Confused deputy prevention', says.
        source = group.arn
        for schedule in list(group.schedules.values()):
            if schedule.target["Arn"] == pipeline and schedule.state == "ENABLED":
                sender = (account, source, schedule.target["RoleArn"])
                found = _asked(_SCHEDULER, sender, pipeline, schedule.target.get("Input", ""))
                yield {**found, "by": schedule.arn}


def _asked(principal: str, sender: tuple[str, str, str], pipeline: str, text: str) -> Found:
    account, source, role = sender
    needed = Permission("codepipeline:StartPipelineExecution", pipeline)
    why = _refused(principal, account, source, role, needed)
    return {"pipeline": pipeline, "by": source, "input": text, "why": why}


def _unsent(account: str, rule: str, target: Mapping[str, Any]) -> str:
    """Return why a rule cannot send to another bus: its role, or the policy of the bus."""
    _, _, _, region, owner, resource = target["Arn"].split(":", 5)
    role = target.get("RoleArn", "")
    needed = Permission("events:PutEvents", target["Arn"])
    if why := _refused(_EVENTS, account, rule, role, needed):
        return why
    if owner == account:
        return ""
    bus = events_backends[owner][region].event_buses.get(resource.removeprefix(_BUS))
    if bus is None:
        return f"The event bus {target['Arn']} does not exist."
    acting = session_of(role, "events")
    keys = of_caller(acting)
    applicant = Applicant("AWS", acting.principal, acting.account, acting.role, keys)
    if decide(json.loads(bus.policy or "{}"), applicant, needed.action, target["Arn"]) == "Allow":
        return ""
    return f"The policy of {target['Arn']} does not allow events:PutEvents to {role}."


def _refused(principal: str, account: str, source: str, role: str, needed: Permission) -> str:
    """Return why a service cannot do something for a rule or a schedule as a role."""
    found = find_role(role)
    applicant = service(principal, account, source)
    if found is None or not trusts(json.loads(found.assume_role_policy_document), applicant):
        return f"{principal} is not authorized to assume {role or 'a role'} for {source}."
    region = source.split(":")[3]
    return refused(session_of(role, "start"), region, [needed])

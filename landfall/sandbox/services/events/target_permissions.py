"""What EventBridge lacks to deliver to a target.

Topics, queues, functions and log groups admit EventBridge by their policies. All other targets, and
any target with a `RoleArn`, are reached as a role that EventBridge assumes for the rule. Sources in
the EventBridge User Guide: 'Using resource-based policies for Amazon EventBridge', 'IAM roles for
sending events to targets', 'Sending events to an AWS service in another account'.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.sandbox.across_services.destinations import Refused, refusal_of
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging import record
from landfall.sandbox.judging.acting import Enforcement, refused, session_of
from landfall.sandbox.judging.encrypted import uses_of
from landfall.sandbox.judging.permissions import Permission

PRINCIPAL: Final = "events.amazonaws.com"

_BY_POLICY: Final = frozenset({"lambda", "logs", "sns", "sqs"})

ACTIONS: Final[Mapping[str, str]] = {
    "api-destination": "events:InvokeApiDestination",
    "codebuild": "codebuild:StartBuild",
    "codepipeline": "codepipeline:StartPipelineExecution",
    "ecs": "ecs:RunTask",
    "event-bus": "events:PutEvents",
    "firehose": "firehose:PutRecord",
    "kinesis": "kinesis:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""What the role of a target must be allowed, by kind."""


def kind_of(arn: str) -> str:
    """Return the kind of a target: its service, and of EventBridge's own ones the resource type."""
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return ""
    return parts[5].partition("/")[0] if parts[2] == "events" else parts[2]


def refusal(account: str, region: str, rule: str, target: Mapping[str, Any]) -> Refused | None:
    """Return what EventBridge lacks for a target of the rule with an ARN; None if nothing.

    Keep what is refused in the sandbox's record. A kind of target that is not known is not judged.
    """
    arn, role = target["Arn"], target.get("RoleArn")
    kind = kind_of(arn)
    if not Enforcement.is_on or (kind != "logs" and kind not in ACTIONS):
        return None
    if kind == "logs" or (kind in _BY_POLICY and not role and arn.split(":")[4] == account):
        found = refusal_of(PRINCIPAL, account, rule, arn)
    elif not role:
        found = Refused(ACTIONS[kind], arn, f"The target {arn} has no role, and needs one.")
    else:
        found = _not_assumed(account, rule, role)
    if found is not None:
        record.service_denied(PRINCIPAL, rule, found.action, found.resource, found.message)
        return found
    return None if kind == "logs" or not role else _not_allowed(region, rule, kind, target)


def _not_assumed(account: str, rule: str, role_arn: str) -> Refused | None:
    """Return why EventBridge cannot assume the role of a target."""
    role = find_role(role_arn)
    applicant = service(PRINCIPAL, account, rule)
    if role is not None and trusts(json.loads(role.assume_role_policy_document), applicant):
        return None
    message = (
        f"User: {PRINCIPAL} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
    )
    return Refused("sts:AssumeRole", role_arn, message)


def _not_allowed(region: str, rule: str, kind: str, target: Mapping[str, Any]) -> Refused | None:
    """Return the permission that the role of a target lacks."""
    session = session_of(target["RoleArn"], rule.rpartition("/")[2])
    for permission in _needed(session, region, kind, target):
        message = refused(session, region, (permission,))
        if message:
            return Refused(permission.action, permission.resource or "", message)
    return None


def _needed(
    session: Caller, region: str, kind: str, target: Mapping[str, Any]
) -> Iterator[Permission]:
    arn = target["Arn"]
    if kind == "ecs":
        yield Permission("ecs:RunTask", target["EcsParameters"]["TaskDefinitionArn"])
        return
    yield Permission(ACTIONS[kind], arn)
    place, name = arn.split(":")[4], arn.rpartition(":")[2]
    if kind == "sns":
        sent = Request(session, region, "sns", "Publish", {"TopicArn": arn})
    else:
        sent = Request(session, region, "sqs", "SendMessage", {"QueueUrl": f"/{place}/{name}"})
    for action, key, keys in uses_of(sent) if kind in ("sns", "sqs") else ():
        yield Permission(action, key, keys, is_other=True)

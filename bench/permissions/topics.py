"""Topics: take away the statement of a service that publishes, in the topic's or its key's policy.

EventBridge and CloudWatch try a topic when they publish. So the delivery of each rule and alarm of
the stack is judged by the sandbox's own code, without the statement. No call fails then, as on AWS,
and `landfall sandbox access` must name action, resource and policy. CodeStar Notifications only
marks a topic as unreachable, so its statements are not shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from moto.cloudwatch.models import cloudwatch_backends
from moto.events.models import events_backends
from moto.sns.models import sns_backends

from bench.permissions.documents import Policy, of_keys, putter
from bench.permissions.judging import Row, unshown
from landfall.sandbox.across_services.destinations import Refused, refusal_of

_NAMED_BY: Final = "`landfall sandbox access`"


class Sender(NamedTuple):
    """A service, the account and the resource for which it acts, and the topic."""

    principal: str
    account: str
    source: str
    topic: str


def rows(stack: str) -> Iterator[Row]:
    """Yield a row for each statement that lets a service publish to an encrypted topic."""
    senders = [each for each in _senders() if refusal_of(*each) is None]
    keys = {arn: key for arn, key in _topics() if key}
    for policy in _policies():
        yield from _of(stack, policy, [each for each in senders if each.topic == policy.resource])
    for policy in of_keys():
        own = policy.resource.rpartition("/")[2]
        about = [each for each in senders if keys.get(each.topic, "").endswith(own)]
        shown = _of(stack, policy, about) if about else ()
        yield from (row for row in shown if row.shown != "none")


def _of(stack: str, policy: Policy, senders: Sequence[Sender]) -> Iterator[Row]:
    document = json.loads(policy.text)
    statements = document["Statement"]
    for index, statement in enumerate(statements):
        principal = statement.get("Principal", {})
        if statement["Effect"] != "Allow" or not isinstance(principal, Mapping):
            continue
        if "Service" not in principal:
            continue
        fewer = [*statements[:index], *statements[index + 1 :]]
        new = json.dumps({**document, "Statement": fewer})
        yield _row(stack, policy, statement, _without(policy, new, senders))


def _without(policy: Policy, new: str, senders: Sequence[Sender]) -> Refused | None:
    """Return the first refusal while a statement is away."""
    give_back = policy.put(new)
    try:
        return next(filter(None, (refusal_of(*each) for each in senders)), None)
    finally:
        give_back()


def _row(stack: str, policy: Policy, statement: Mapping[str, Any], refused: Refused | None) -> Row:
    holder = f"{policy.kind} {policy.resource.rpartition(':')[2]}"
    permission = f"{statement['Principal']['Service']}: {statement['Action']}"
    if refused is None:
        return unshown(stack, policy.kind, holder, permission, policy.resource)
    passed = refused.resource == policy.resource and all(
        each in refused.message
        for each in (f"perform: {refused.action} on", policy.resource, "resource-based policy")
    )
    args = ("made", passed, refused.message, _NAMED_BY)
    return Row(stack, policy.kind, holder, permission, policy.resource, *args)


def _senders() -> Iterator[Sender]:
    for account, regions in list(events_backends.items()):
        for backend in list(regions.values()):
            for bus in list(backend.event_buses.values()):
                for rule in list(bus.rules.values()):
                    for target in rule.targets:
                        if ":sns:" in target["Arn"] and "RoleArn" not in target:
                            yield Sender("events.amazonaws.com", account, rule.arn, target["Arn"])
    for account, regions in list(cloudwatch_backends.items()):
        for metrics in list(regions.values()):
            for alarm in list(metrics.alarms.values()):
                for arn in (*alarm.alarm_actions, *alarm.ok_actions):
                    if ":sns:" in arn:
                        source = alarm.alarm_arn
                        yield Sender("cloudwatch.amazonaws.com", account, source, arn)


def _topics() -> Iterator[tuple[str, str]]:
    """Yield the ARN and the key of each topic."""
    for regions in list(sns_backends.values()):
        for backend in list(regions.values()):
            for topic in list(backend.topics.values()):
                yield topic.arn, topic.kms_master_key_id or ""


def _policies() -> Iterator[Policy]:
    for regions in list(sns_backends.values()):
        for region, backend in list(regions.items()):
            for topic in list(backend.topics.values()):
                put = putter(topic, "policy")
                yield Policy("topic policy", topic.arn, region, topic.policy, put)

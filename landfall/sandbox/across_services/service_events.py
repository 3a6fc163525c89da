"""Events that AWS's services send to EventBridge, delivered to the topics and queues of its rules.

EventBridge User Guide, 'Amazon EventBridge event patterns' and 'Amazon EventBridge input
transformation'. A target that the service may not send to gets nothing, as on AWS.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.events.models import events_backends

from landfall.sandbox.across_services.destinations import may_reach
from landfall.sandbox.services.events.additions_patterns import PatternError, matches

_SERVICE: Final = "events.amazonaws.com"
_VARIABLE: Final = re.compile(r"<([^<>]+)>")


def send(account: str, region: str, detail_type: str, detail: Mapping[str, Any], arn: str) -> None:
    """Send the event of a service about its resource `arn` to the default bus of the account."""
    event = event_of(account, region, detail_type, detail, arn)
    bus = events_backends[account][region].event_buses["default"]
    for rule in list(bus.rules.values()):
        if rule.state != "ENABLED" or not fits(rule, event):
            continue
        for target in rule.targets:
            if may_reach(_SERVICE, account, rule.arn, target["Arn"]):
                _deliver(target["Arn"], text(target, event))


def event_of(
    account: str, region: str, detail_type: str, detail: Mapping[str, Any], arn: str
) -> dict[str, Any]:
    """Return the event of a service about its resource `arn`."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": f"aws.{arn.split(':')[2]}",
        "account": account,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [arn],
        "detail": dict(detail),
    }


def fits(rule: Any, event: Mapping[str, Any]) -> bool:
    """Return whether a rule of the emulator has a pattern that an event matches."""
    pattern = rule.event_pattern.get_pattern() if rule.event_pattern else None
    try:
        return bool(pattern) and matches(pattern, event)
    except PatternError:
        return False


def _deliver(arn: str, message: str) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "sns":
        from moto.sns.models import sns_backends

        sns_backends[account][region].topics[arn].publish(message)
    elif service == "sqs":
        from moto.sqs.models import sqs_backends

        sqs_backends[account][region].send_message(queue_name=name, message_body=message)


def text(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return what a target gets: its input, its template with values of the event, or the event."""
    if "Input" in target:
        return str(target["Input"])
    transformer = target.get("InputTransformer")
    if transformer is None:
        return json.dumps(event)
    values = {name: _at(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    return _VARIABLE.sub(
        lambda found: values.get(found[1], found[0]), transformer.get("InputTemplate", "")
    )


def _at(event: Mapping[str, Any], path: str) -> str:
    """Return the value at a path as `$.detail.state`; empty if there is none."""
    value: Any = event
    for name in _members(path):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _members(path: str) -> Iterator[str]:
    yield from (name for name in path.removeprefix("$").split(".") if name)

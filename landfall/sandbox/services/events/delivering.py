"""Events on their way from a bus to the targets of its rules.

A target that EventBridge may not send to gets nothing: the event goes to the target's dead-letter
queue, and to the metrics. EventBridge User Guide: 'Debugging event delivery', 'Using dead-letter
queues', 'Monitoring Amazon EventBridge'.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.models import EventBus, Rule, events_backends
from moto.sqs.models import sqs_backends

from landfall.sandbox.across_services.chains import link
from landfall.sandbox.across_services.destinations import refusal_of
from landfall.sandbox.gate import registry
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.judging import record
from landfall.sandbox.judging.acting import Enforcement
from landfall.sandbox.services.events.additions_patterns import PatternError, matches
from landfall.sandbox.services.events.inputs import text_of
from landfall.sandbox.services.events.receivers import (
    RECEIVERS,
    Delivery,
    DeliveryError,
    receiver,
)
from landfall.sandbox.services.events.target_permissions import PRINCIPAL, kind_of, refusal

_NO_PERMISSIONS: Final = "NO_PERMISSIONS"
_NO_RESOURCE: Final = "NO_RESOURCE"
_log = logging.getLogger(__name__)


def arrive(bus: EventBus, event: Mapping[str, Any], hops: int = 0) -> None:
    """Deliver an event that reached a bus to the targets of all rules that match."""
    for rule in list(bus.rules.values()):
        apply(rule, event, hops)


def apply(rule: Rule, event: Mapping[str, Any], hops: int = 0) -> None:
    """Deliver an event to the targets of a rule, if the rule is enabled and matches."""
    if rule.state != "ENABLED" or not fits(rule, event):
        return
    for target in list(rule.targets):
        text = text_of(target, event, rule.arn)
        delivery = Delivery(rule.account_id, rule.region_name, rule.arn, target, event, text, hops)
        try:
            _deliver(delivery)
        except DeliveryError as error:
            _give_up(delivery, error)


def fits(rule: Rule, event: Mapping[str, Any]) -> bool:
    """Return whether a rule has a pattern that an event matches."""
    pattern = rule.event_pattern.get_pattern() if rule.event_pattern else None
    try:
        return bool(pattern) and matches(pattern, event)
    except PatternError:
        return False


def _deliver(delivery: Delivery) -> None:
    """Hand an event to a target, or raise `DeliveryError`."""
    lacking = refusal(delivery.account, delivery.region, delivery.rule, delivery.target)
    if lacking is not None:
        code = _NO_PERMISSIONS if lacking.action else _NO_RESOURCE
        raise DeliveryError(code, lacking.message)
    kind = kind_of(delivery.target["Arn"])
    registry.load(kind)
    receive = RECEIVERS.get(kind)
    with link() as may_go_on:
        if receive is None or not may_go_on:
            return
        try:
            receive(delivery)
        except (AWSError, JsonRESTError, ServiceException) as error:
            raise DeliveryError("ERROR_FROM_TARGET", str(error)) from error
    _count(delivery, "Invocations")


@receiver("event-bus")
def _forward(delivery: Delivery) -> None:
    """Hand an event to another bus; a bus passes no event on that came from another one.

    EventBridge User Guide, 'Sending and receiving events between AWS accounts'.
    """
    if delivery.hops:
        raise DeliveryError("THIRD_ACCOUNT_HOP_DETECTED", "The event came from another bus.")
    region, account, name = delivery.place
    bus = events_backends[account][region].event_buses.get(name.removeprefix("event-bus/"))
    if bus is None:
        raise DeliveryError(_NO_RESOURCE, "The event bus does not exist.")
    arrive(bus, delivery.event, delivery.hops + 1)


def _give_up(delivery: Delivery, error: DeliveryError) -> None:
    """Count a failed delivery, and keep its event in the dead-letter queue of the target."""
    _count(delivery, "Invocations")
    _count(delivery, "FailedInvocations")
    queue = delivery.target.get("DeadLetterConfig", {}).get("Arn")
    if not queue:
        return
    lacking = refusal_of(PRINCIPAL, delivery.account, delivery.rule, queue)
    if lacking is not None and (Enforcement.is_on or not lacking.action):
        record.service_denied(PRINCIPAL, delivery.rule, *lacking)
        _count(delivery, "InvocationsFailedToBeSentToDlq")
        return
    _, _, _, region, account, name = queue.split(":", 5)
    attributes = {
        "RULE_ARN": delivery.rule,
        "TARGET_ARN": delivery.target["Arn"],
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": str(error),
    }
    sqs_backends[account][region].send_message(
        queue_name=name,
        message_body=json.dumps(delivery.event),
        message_attributes={
            key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()
        },
    )
    _count(delivery, "InvocationsSentToDlq")


def _count(delivery: Delivery, metric: str) -> None:
    rule = {"Name": "RuleName", "Value": delivery.rule.rpartition("/")[2]}
    datum = {"MetricName": metric, "Value": 1.0, "Unit": "Count", "Dimensions": [rule]}
    cloudwatch_backends[delivery.account][delivery.region].put_metric_data("AWS/Events", [datum])

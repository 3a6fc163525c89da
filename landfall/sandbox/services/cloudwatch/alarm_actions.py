"""What an alarm does when its state changes.

CloudWatch publishes to each topic of the new state, if the topic's policy and key admit the alarm.
CloudWatch User Guide: 'Alarm actions', 'Alarm events and EventBridge'; AWS re:Post, 'Why didn't I
receive an SNS notification for my CloudWatch alarm trigger?'. Other actions do nothing here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from moto.cloudwatch.models import Alarm
from moto.sns.models import sns_backends

from landfall.sandbox.across_services import service_events
from landfall.sandbox.across_services.destinations import Refused, refusal_of
from landfall.sandbox.gate.state import Store
from landfall.sandbox.judging import record
from landfall.sandbox.judging.acting import Enforcement

_SERVICE: Final = "cloudwatch.amazonaws.com"
_PUBLISH: Final = "sns:Publish"


@dataclass(frozen=True, slots=True)
class Done:
    """One action of an alarm, as its history has it."""

    alarm: str
    at: datetime
    summary: str
    data: str


DONE: Store[list[Done]] = Store()
"""The actions of each alarm, by its name."""


def carry_out(alarm: Alarm, before: str) -> None:
    """Do what an alarm does that has a new state."""
    _, _, _, region, account, _ = alarm.alarm_arn.split(":", 5)
    service_events.send(
        account, region, "CloudWatch Alarm State Change", _detail(alarm, before), alarm.alarm_arn
    )
    if not alarm.actions_enabled:
        return
    wanted = {
        "ALARM": alarm.alarm_actions,
        "OK": alarm.ok_actions,
        "INSUFFICIENT_DATA": alarm.insufficient_data_actions,
    }[alarm.state_value]
    for arn in wanted or ():
        if arn.split(":")[2] == "sns":
            _publish(account, region, alarm, arn, before)


def _publish(account: str, region: str, alarm: Alarm, arn: str, before: str) -> None:
    lacking = refusal_of(_SERVICE, account, alarm.alarm_arn, arn)
    if lacking is not None and (Enforcement.is_on or not lacking.action):
        record.service_denied(_SERVICE, alarm.alarm_arn, *lacking)
        error = _words(alarm, lacking)
        _keep(account, region, alarm, arn, f"Failed to execute action {arn}", error)
        return
    place = arn.split(":")
    message = json.dumps(_notification(account, region, alarm, before))
    sns_backends[place[4]][place[3]].topics[arn].publish(message)
    _keep(account, region, alarm, arn, f"Successfully executed action {arn}", "")


def _words(alarm: Alarm, lacking: Refused) -> str:
    """Return why CloudWatch could not publish; for a topic's policy, in AWS's words."""
    if lacking.action != _PUBLISH:
        return lacking.message
    return (
        f"Resource: {alarm.alarm_arn} is not authorized to perform: SNS:Publish on resource: "
        f"{lacking.resource}"
    )


def _keep(account: str, region: str, alarm: Alarm, arn: str, summary: str, error: str) -> None:
    data = {
        "actionState": "Failed" if error else "Succeeded",
        "notificationResource": arn,
        "stateUpdateTimestamp": int(alarm.state_updated_timestamp.timestamp() * 1000),
        "error": error or None,
    }
    whole = f'{summary}. Received error: "{error}"' if error else summary
    done = Done(alarm.name, datetime.now(UTC), whole, json.dumps(data))
    DONE.at(account, region).setdefault(alarm.name, []).append(done)


def _detail(alarm: Alarm, before: str) -> dict[str, Any]:
    return {
        "alarmName": alarm.name,
        "state": {"value": alarm.state_value, "reason": alarm.state_reason},
        "previousState": {"value": before},
        "configuration": {"description": alarm.description or ""},
    }


def _notification(account: str, region: str, alarm: Alarm, before: str) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+0000"),
        "Region": region,
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
    }

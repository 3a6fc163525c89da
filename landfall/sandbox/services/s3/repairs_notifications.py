"""S3: notifications of a bucket reach the destinations that still admit it.

S3 User Guide, 'Granting permissions to publish event notification messages to a destination'. The
destinations were tried when the notifications were set; their policies may have changed.
"""

from __future__ import annotations

from typing import Any, Final

from moto.s3 import notifications
from moto.s3.notifications import S3NotificationEvent

from landfall.sandbox.across_services.destinations import refusal_of
from landfall.sandbox.judging import record
from landfall.sandbox.judging.acting import Enforcement

_SERVICE: Final = "s3.amazonaws.com"


def _send_event(account_id: str, event_name: S3NotificationEvent, bucket: Any, key: Any) -> None:
    kept = bucket.notification_configuration
    if kept is None:
        return
    for each in (*kept.cloud_function, *kept.queue, *kept.topic):
        if each.matches(event_name, key.name) and _is_admitted(account_id, bucket, each.arn):
            body = notifications._get_s3_event(event_name, bucket, key, each.id)
            _send(each.arn, body)
    if kept.event_bridge is not None:
        notifications._send_event_bridge_message(account_id, bucket, event_name, key)


def _is_admitted(account: str, bucket: Any, arn: str) -> bool:
    lacking = refusal_of(_SERVICE, account, bucket.arn, arn)
    if lacking is None or (lacking.action and not Enforcement.is_on):
        return True
    record.service_denied(_SERVICE, bucket.arn, *lacking)
    return False


def _send(arn: str, body: Any) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "sns":
        notifications._send_sns_message(account, body, arn, region)
    elif service == "sqs":
        notifications._send_sqs_message(account, body, name, region)
    else:
        notifications._invoke_awslambda(account, body, arn, region)


notifications.send_event = _send_event

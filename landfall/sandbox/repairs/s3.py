"""S3: access logs (`s3_logging`), and the EventBridge flag in a bucket's notifications."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from landfall.sandbox.repairs import s3_logging as s3_logging

_get = S3Response.get_bucket_notification


def _get_bucket_notification(self: S3Response) -> Any:
    """Tell of EventBridge: S3 API Reference, GetBucketNotificationConfiguration."""
    answer = _get(self)
    kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if kept is None or kept.event_bridge is None or not isinstance(answer, ActionResult):
        return answer
    return self.serialized(ActionResult({**(answer.result or {}), "EventBridgeConfiguration": {}}))


S3Response.get_bucket_notification = _get_bucket_notification

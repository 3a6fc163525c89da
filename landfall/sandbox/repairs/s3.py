"""S3: the EventBridge flag in a bucket's notifications; the files of `s3_*` mend the rest."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from landfall.sandbox.repairs import s3_bucket_policies as s3_bucket_policies
from landfall.sandbox.repairs import s3_bucket_tags as s3_bucket_tags
from landfall.sandbox.repairs import s3_logging as s3_logging

_serialized = S3Response.serialized


def _serialized_with_flag(self: S3Response, answer: ActionResult) -> Any:
    """Tell of EventBridge: S3 API Reference, GetBucketNotificationConfiguration."""
    if self.data.get("Action") == "GetBucketNotificationConfiguration":
        kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if kept is not None and kept.event_bridge is not None:
            found = answer.result if isinstance(answer.result, dict) else {}
            answer = ActionResult({**found, "EventBridgeConfiguration": {}})
    return _serialized(self, answer)


S3Response.serialized = _serialized_with_flag

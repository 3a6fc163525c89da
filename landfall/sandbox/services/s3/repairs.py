"""S3: the EventBridge flag in a bucket's notifications; `repairs_*.py` mend the rest."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from landfall.sandbox.services.s3 import repairs_bucket_policies as repairs_bucket_policies
from landfall.sandbox.services.s3 import repairs_bucket_tags as repairs_bucket_tags
from landfall.sandbox.services.s3 import repairs_logging as repairs_logging
from landfall.sandbox.services.s3 import repairs_notifications as repairs_notifications

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

"""S3: who may deliver access logs, in every form that IAM's grammar takes.

The emulator fails on a principal that is a text, and knows texts only where lists are as good.
Amazon S3 User Guide, 'Enabling Amazon S3 server access logging', bucket policy for log delivery.
"""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import FakeBucket

from landfall.aws.arns import bucket_arn

_SERVICE = "logging.s3.amazonaws.com"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _lets_logs_in(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    if not target_bucket.policy:
        return False
    bucket = bucket_arn(target_bucket.partition, target_bucket.name)
    objects = {f"{bucket}/*", f"{bucket}/{target_prefix or ''}*"}
    for statement in json.loads(target_bucket.policy)["Statement"]:
        principal = statement.get("Principal")
        services = _listed(principal.get("Service")) if isinstance(principal, dict) else []
        if (
            statement.get("Effect") == "Allow"
            and _SERVICE in services
            and "s3:PutObject" in _listed(statement.get("Action"))
            and objects & set(_listed(statement.get("Resource")))
        ):
            return True
    return False


FakeBucket._log_permissions_enabled_policy = staticmethod(_lets_logs_in)

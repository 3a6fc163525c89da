"""The state bucket and its access log bucket: read each setting, and write it if it differs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from landfall.bootstrap import plan as plans
from landfall.bootstrap.clients import CHANGED, MADE, RIGHT, Client, Report
from landfall.bootstrap.plan import STATE, Plan
from landfall.policy_text import alike
from landfall.problems import refuse

_BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
_OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def check(s3: Client, plan: Plan) -> None:
    """Raise a `ProblemsError` if a bucket's name is taken or the bucket is in another region."""
    for bucket in (plan.bucket, plan.logs):
        _stands(s3, plan, bucket)


def ensure(s3: Client, plan: Plan, key_arn: str, report: Report) -> None:
    """Create or correct both buckets."""
    _ensure(s3, plan, plan.logs, None, report)
    _ensure(s3, plan, plan.bucket, key_arn, report)


def _stands(s3: Client, plan: Plan, bucket: str) -> bool:
    """Return whether the bucket exists in this account and region. HEAD answers by status only."""
    answer = s3.attempt(
        "head_bucket",
        *("404", "NoSuchBucket", "403", "AccessDenied"),
        Bucket=bucket,
        ExpectedBucketOwner=plan.account,
    )
    if answer in ("404", "NoSuchBucket"):
        return False
    if isinstance(answer, str):
        fix = f"choose another with --bucket; if {plan.account} owns it, allow s3:ListBucket"
        raise refuse(f"bucket {bucket} belongs to another account, or access is denied", fix)
    region = answer.get("BucketRegion") or _location(s3, bucket)
    if region != plan.region:
        fix = f"add --region {region}, or choose another bucket with --bucket"
        raise refuse(f"bucket {bucket} is in {region}, not in {plan.region}", fix)
    return True


def _location(s3: Client, bucket: str) -> str:
    located = s3.read("get_bucket_location", Bucket=bucket) or {}
    return located.get("LocationConstraint") or "us-east-1"


def _ensure(s3: Client, plan: Plan, bucket: str, key_arn: str | None, report: Report) -> None:
    made = not _stands(s3, plan, bucket)
    if made:
        # CreateBucket rejects us-east-1 as a location constraint: S3 API Reference.
        place: dict[str, Any] = {}
        if plan.region != "us-east-1":
            place = {"CreateBucketConfiguration": {"LocationConstraint": plan.region}}
        s3.write("create_bucket", Bucket=bucket, **place)
    setting = _Setting(s3, bucket)
    policy = plan.bucket_policy(key_arn) if key_arn else plan.logs_policy()
    wrong = [
        setting.public_access(),
        setting.ownership(),
        setting.versioning(),
        setting.encryption(key_arn),
        setting.policy(policy),
        setting.lifecycle(plan.lifecycle(logs=key_arn is None)),
        setting.tags(plan.tags_of(STATE if key_arn else "state-logs")),
    ]
    if key_arn:
        wrong.append(setting.logging(plan.logs))
    report(f"bucket {bucket}", MADE if made else CHANGED if any(wrong) else RIGHT)


class _Setting:
    """The settings of one bucket; each method returns whether it had to write."""

    def __init__(self, s3: Client, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def _read(self, operation: str, absent: str = "") -> dict[str, Any]:
        return self._s3.read(operation, absent, Bucket=self._bucket) or {}

    def _put(self, there: bool, operation: str, **arguments: Any) -> bool:
        if not there:
            self._s3.write(operation, Bucket=self._bucket, **arguments)
        return not there

    def public_access(self) -> bool:
        found = self._read("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
        there = found.get("PublicAccessBlockConfiguration") == _BLOCKED
        return self._put(there, "put_public_access_block", PublicAccessBlockConfiguration=_BLOCKED)

    def ownership(self) -> bool:
        found = self._read("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
        there = found.get("OwnershipControls") == _OWNED
        return self._put(there, "put_bucket_ownership_controls", OwnershipControls=_OWNED)

    def versioning(self) -> bool:
        there = self._read("get_bucket_versioning").get("Status") == "Enabled"
        return self._put(
            there, "put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"}
        )

    def encryption(self, key_arn: str | None) -> bool:
        # S3 delivers access logs only to buckets encrypted with S3 managed keys:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
        default = {"SSEAlgorithm": "AES256"}
        if key_arn:
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
        rule = {
            "ApplyServerSideEncryptionByDefault": default,
            "BucketKeyEnabled": key_arn is not None,
        }
        found = self._read(
            "get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"
        )
        rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        wanted = {"Rules": [rule]}
        return self._put(
            _holds(rules, [rule]),
            "put_bucket_encryption",
            ServerSideEncryptionConfiguration=wanted,
        )

    def policy(self, wanted: Mapping[str, Any]) -> bool:
        found = self._read("get_bucket_policy", "NoSuchBucketPolicy").get("Policy")
        there = found is not None and alike(json.loads(found), wanted)
        return self._put(there, "put_bucket_policy", Policy=json.dumps(wanted))

    def lifecycle(self, wanted: list[dict[str, Any]]) -> bool:
        found = self._read("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
        there = _holds(found.get("Rules", []), wanted)
        return self._put(
            there,
            "put_bucket_lifecycle_configuration",
            LifecycleConfiguration={"Rules": wanted},
        )

    def tags(self, wanted: Mapping[str, str]) -> bool:
        found = self._read("get_bucket_tagging", "NoSuchTagSet").get("TagSet", [])
        held = {tag["Key"]: tag["Value"] for tag in found}
        # The call replaces all tags, so include the tags of others.
        there = not plans.lacking(wanted, held.items())
        tags = plans.as_tags({**held, **wanted})
        return self._put(there, "put_bucket_tagging", Tagging={"TagSet": tags})

    def logging(self, target: str) -> bool:
        wanted = {"TargetBucket": target, "TargetPrefix": "state/"}
        there = _holds(self._read("get_bucket_logging").get("LoggingEnabled", {}), wanted)
        return self._put(
            there, "put_bucket_logging", BucketLoggingStatus={"LoggingEnabled": wanted}
        )


def _holds(there: Any, wanted: Any) -> bool:
    """Return whether a value contains all wanted values; AWS may add its defaults."""
    if isinstance(wanted, Mapping):
        return isinstance(there, Mapping) and all(
            key in there and _holds(there[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        matching: Callable[[Any, Any], bool] = _holds
        return (
            isinstance(there, list)
            and len(there) == len(wanted)
            and all(map(matching, there, wanted))
        )
    return bool(there == wanted)

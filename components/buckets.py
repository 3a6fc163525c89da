"""Renders private buckets of a blueprint as resources."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.buckets import Bucket, Lifecycle


@dataclass(frozen=True)
class MadeBucket:
    """A bucket and its policy; what is delivered to the bucket waits for the policy."""

    bucket: aws.s3.Bucket
    policy: aws.s3.BucketPolicy


def make_bucket(
    name: str,
    bucket: Bucket,
    inputs: Inputs,
    region: str,
    parent: pulumi.Resource,
    *,
    logs: MadeBucket | None = None,
) -> MadeBucket:
    """Make a bucket with all its settings; `logs` is the bucket of its access logs."""
    child = pulumi.ResourceOptions(parent=parent)
    made = aws.s3.Bucket(
        name,
        bucket=inputs.output(bucket.name),
        force_destroy=bucket.force_destroy,
        region=region,
        opts=child,
    )
    _close(name, made, region, child)
    _encrypt(name, made, bucket, inputs, region, child)
    versioning = aws.s3.BucketVersioning(
        name,
        bucket=made.id,
        versioning_configuration={"status": "Enabled"},
        region=region,
        opts=child,
    )
    # Rules for noncurrent versions, and locks, need versioning to be on.
    after = pulumi.ResourceOptions(parent=parent, depends_on=[versioning])
    aws.s3.BucketLifecycleConfiguration(
        name, bucket=made.id, rules=_rules(bucket.lifecycle), region=region, opts=after
    )
    if bucket.lock is not None:
        retention = {"mode": bucket.lock.mode, "days": bucket.lock.days}
        aws.s3.BucketObjectLockConfiguration(
            name,
            bucket=made.id,
            rule={"default_retention": retention},
            region=region,
            opts=after,
        )
    policy = aws.s3.BucketPolicy(
        name,
        bucket=made.id,
        policy=inputs.document(bucket.statements),
        region=region,
        opts=child,
    )
    if logs is not None:
        aws.s3.BucketLogging(
            name,
            bucket=made.id,
            target_bucket=logs.bucket.id,
            target_prefix=bucket.log_prefix,
            region=region,
            # S3 checks that it may deliver before it accepts the setting.
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[logs.policy]),
        )
    return MadeBucket(made, policy)


def _close(name: str, made: aws.s3.Bucket, region: str, opts: pulumi.ResourceOptions) -> None:
    aws.s3.BucketPublicAccessBlock(
        name,
        bucket=made.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        region=region,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        name,
        bucket=made.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
        region=region,
        opts=opts,
    )


def _encrypt(
    name: str,
    made: aws.s3.Bucket,
    bucket: Bucket,
    inputs: Inputs,
    region: str,
    opts: pulumi.ResourceOptions,
) -> None:
    default: dict[str, Any] = {"sse_algorithm": "AES256"}
    if bucket.key_arn is not None:
        key = inputs.output(bucket.key_arn)
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=made.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": default,
                "bucket_key_enabled": bucket.bucket_key,
            }
        ],
        region=region,
        opts=opts,
    )


def _rules(lifecycle: Lifecycle) -> list[dict[str, Any]]:
    expiration = {"days": lifecycle.expire_days}
    whole: dict[str, Any] = {
        "id": lifecycle.id,
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": lifecycle.noncurrent_days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    if not lifecycle.prefixes and lifecycle.expire_days is not None:
        whole["expiration"] = expiration
    if lifecycle.archive_days is not None:
        whole["transitions"] = [{"days": lifecycle.archive_days, "storage_class": "GLACIER_IR"}]
    return [
        whole,
        *(
            {
                "id": f"{lifecycle.id}-{prefix.strip('/')}",
                "status": "Enabled",
                "filter": {"prefix": prefix},
                "expiration": expiration,
            }
            for prefix in lifecycle.prefixes
        ),
    ]

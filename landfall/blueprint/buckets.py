"""Private buckets: encrypted, versioned, reached by TLS alone, with a bucket of access logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

ENCRYPTION_HEADER = "s3:x-amz-server-side-encryption"
KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"

BUCKET_READ = ("s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket")


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What becomes of objects, in days; `archive_days` is when they move to Glacier.

    Only objects below `prefixes` expire; without prefixes, all do. Without `expire_days`, only
    replaced versions expire.
    """

    id: str
    expire_days: int | None
    noncurrent_days: int = 30
    archive_days: int | None = None
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lock:
    """Object lock: `GOVERNANCE` or `COMPLIANCE` keeps each object for `days`."""

    mode: str
    days: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """One private bucket; no public access, objects belong to its owner.

    `statements` are its policy. S3 encrypts with `key_arn`, and with its own keys where that is
    None; `bucket_key` saves requests to KMS. S3 writes access logs to the bucket `logs`, under
    `log_prefix`.
    """

    name: str
    statements: Sequence[Statement]
    lifecycle: Lifecycle
    key_arn: str | None = None
    bucket_key: bool = False
    lock: Lock | None = None
    force_destroy: bool = False
    logs: str | None = None
    log_prefix: str = ""


def tls_only(arn: str) -> Statement:
    """Return the statement that refuses requests without TLS."""
    return statement(
        "TlsOnly",
        effect="Deny",
        actions=["s3:*"],
        resources=[arn, f"{arn}/*"],
        principals="*",
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def only_key(arn: str, key_arn: str) -> Statement:
    """Return the statement that refuses objects encrypted with another key."""
    return _only("OnlyThisKey", arn, KEY_HEADER, key_arn)


def only_kms(arn: str) -> Statement:
    """Return the statement that refuses objects that KMS does not encrypt."""
    return _only("OnlyKmsEncryption", arn, ENCRYPTION_HEADER, "aws:kms")


def _only(sid: str, arn: str, header: str, value: str) -> Statement:
    # Null allows requests without the header: they get the bucket's default encryption.
    return statement(
        sid,
        effect="Deny",
        actions=["s3:PutObject"],
        resources=[f"{arn}/*"],
        principals="*",
        conditions={"StringNotEquals": {header: value}, "Null": {header: "false"}},
    )


def access_logs(sid: str, place: Place, bucket: str, logs: str) -> list[Statement]:
    """Return the policy of the bucket `logs`, to which S3 writes the access logs of `bucket`.

    S3 writes only to buckets that it encrypts with its own keys.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    arn = bucket_arn(place.partition, logs)
    deliver = statement(
        sid,
        actions=["s3:PutObject"],
        resources=[f"{arn}/*"],
        principals={"Service": ["logging.s3.amazonaws.com"]},
        conditions={
            "ArnEquals": {"aws:SourceArn": bucket_arn(place.partition, bucket)},
            "StringEquals": {"aws:SourceAccount": place.account_id},
        },
    )
    return [tls_only(arn), deliver]

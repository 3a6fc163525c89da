"""Rules of S3: encryption with a customer-managed key, versioning, ownership, logging.

A bucket and its settings are separate resources, so only a stack rule sees that a setting is
missing: in the preview that `pulumi up` starts with.
"""

from __future__ import annotations

from collections.abc import Iterator

from landfall.rules import Severity
from policies.encryption import AT_REST, names_aws_key
from policies.rules import Violation, controls, resource_rule, stack_rule
from policies.values import Resource, Stack

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
ENCRYPTIONS = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
LOGGINGS = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
VERSIONINGS = (
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
)
OWNERSHIPS = ("aws:s3/bucketOwnershipControls:BucketOwnershipControls",)
OBJECTS = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
EXPORTS = ("aws:bcmdata/export:Export",)
REPORTS = ("aws:cur/reportDefinition:ReportDefinition",)
_KMS = ("aws:kms", "aws:kms:dsse")
_DEFAULT = "applyServerSideEncryptionByDefault"
# Older programs have these settings in the bucket itself.
_INLINE = (
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault",
    "serverSideEncryptionConfigurations.0.rules.0.applyServerSideEncryptionByDefaults.0",
)


@resource_rule(
    "LF-S3-001",
    "default encryption of buckets names its key",
    fix="Set kmsMasterKeyId to the ARN of a customer-managed key.",
    types=ENCRYPTIONS,
    controls=controls(fsbp="S3.17", nist=AT_REST),
    asks_for_key=True,
)
def _key_of_configuration(resource: Resource) -> Iterator[Violation]:
    for path, _ in resource.items("rules"):
        algorithm = resource.get(f"{path}.{_DEFAULT}.sseAlgorithm")
        key_path = f"{path}.{_DEFAULT}.kmsMasterKeyId"
        if algorithm in _KMS and not _is_customer_key(resource.get(key_path)):
            yield Violation(resource, key_path, "does not name a customer-managed key")


@stack_rule(
    "LF-S3-002",
    "every bucket is encrypted with a customer-managed key",
    fix="Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and your key. "
    "Only buckets that receive S3 access logs or costs may keep AES256, because AWS delivers these "
    "to no other.",
    types=BUCKETS,
    controls=controls(fsbp="S3.17", nist=AT_REST),
)
def _every_bucket_encrypted(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    if any(
        bucket.get(f"{path}.sseAlgorithm") in _KMS
        and _is_customer_key(bucket.get(f"{path}.kmsMasterKeyId"))
        for path in _INLINE
    ):
        return
    found = stack.pointing(ENCRYPTIONS, "bucket", bucket)
    if not found:
        yield Violation(bucket, "", "the bucket has no encryption with a customer-managed key")
    for encryption in found:
        path = f"rules.0.{_DEFAULT}.sseAlgorithm"
        algorithm = encryption.get(path)
        if algorithm not in _KMS and not _takes_no_key(bucket, stack):
            yield Violation(encryption, path, "is not aws:kms")


@resource_rule(
    "LF-S3-003",
    "objects use their bucket's encryption",
    fix="Remove serverSideEncryption and kmsKeyId, or name a customer-managed key.",
    types=OBJECTS,
    severity=Severity.MEDIUM,
    controls=controls(nist=AT_REST),
)
def _object(resource: Resource) -> Iterator[Violation]:
    if resource.text("serverSideEncryption") == "AES256":
        yield Violation(resource, "serverSideEncryption", "is AES256, with a key that S3 owns")
    if names_aws_key(resource.get("kmsKeyId")):
        yield Violation(resource, "kmsKeyId", "names a key that AWS manages")


@resource_rule(
    "LF-S3-004",
    "versioning configurations enable versioning",
    fix="Set versioningConfiguration.status to Enabled.",
    types=VERSIONINGS,
    severity=Severity.MEDIUM,
    controls=controls(fsbp="S3.14", nist="CP-9 CP-10 SI-12"),
)
def _versioning(resource: Resource) -> Iterator[Violation]:
    if resource.get("versioningConfiguration.status") != "Enabled":
        yield Violation(resource, "versioningConfiguration.status", "is not Enabled")


@stack_rule(
    "LF-S3-005",
    "every bucket has versioning",
    fix="Add a BucketVersioning with status Enabled.",
    types=BUCKETS,
    severity=Severity.MEDIUM,
    controls=controls(fsbp="S3.14", nist="CP-9 CP-10 SI-12"),
)
def _every_bucket_versioned(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    inline = bucket.is_set("versioning.enabled") or bucket.is_set("versionings.0.enabled")
    if not inline and not stack.pointing(VERSIONINGS, "bucket", bucket):
        yield Violation(bucket, "", "the bucket has no versioning")


@resource_rule(
    "LF-S3-006",
    "bucket owners own every object",
    fix="Set rule.objectOwnership to BucketOwnerEnforced, which disables ACLs.",
    types=OWNERSHIPS,
    severity=Severity.MEDIUM,
    controls=controls(fsbp="S3.12", nist="AC-3 AC-6"),
)
def _ownership(resource: Resource) -> Iterator[Violation]:
    if resource.get("rule.objectOwnership") != "BucketOwnerEnforced":
        yield Violation(resource, "rule.objectOwnership", "is not BucketOwnerEnforced")


@stack_rule(
    "LF-S3-007",
    "every bucket has ownership controls",
    fix="Add BucketOwnershipControls with BucketOwnerEnforced; AWS's default can be changed.",
    types=BUCKETS,
    severity=Severity.LOW,
    level="advisory",
    controls=controls(fsbp="S3.12", nist="AC-3 AC-6"),
)
def _every_bucket_owned(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    if not stack.pointing(OWNERSHIPS, "bucket", bucket):
        yield Violation(bucket, "", "the bucket has no ownership controls")


def _takes_no_key(bucket: Resource, stack: Stack) -> bool:
    """Return whether AWS delivers to the bucket only without a KMS key: access logs and costs.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
    """
    return bool(
        stack.pointing(LOGGINGS, "targetBucket", bucket)
        or stack.pointing(EXPORTS, "export", bucket)
        or stack.pointing(REPORTS, "s3Bucket", bucket)
    )


def _is_customer_key(value: object) -> bool:
    return value is not None and not names_aws_key(value)

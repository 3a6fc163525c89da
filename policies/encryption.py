"""Encryption at rest, with keys that the customer manages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from policies.rules import Check, Violation, resource_rule, stack_rule
from policies.values import Resource

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
ENCRYPTIONS = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
LOGGINGS = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")

_DEFAULT = "rules.0.applyServerSideEncryptionByDefault"


class _Needs(NamedTuple):
    """A property that must be set (or be true) for one type of resource."""

    id: str
    type: str
    property: str
    title: str
    fix: str
    must_be_true: bool
    controls: tuple[str, ...]


def _key(id: str, type_: str, property_: str, what: str, *controls: str) -> _Needs:
    fix = f"Set {property_} to the ARN of a customer-managed KMS key."
    return _Needs(
        id, type_, property_, f"{what} are encrypted with a customer key", fix, False, controls
    )


def _flag(id: str, type_: str, property_: str, what: str, *controls: str) -> _Needs:
    return _Needs(
        id, type_, property_, f"{what} are encrypted", f"Set {property_} to true.", True, controls
    )


_NEEDS = (
    _key("LF-LOGS-001", "aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", "log groups", "NIST SC-28"),
    _key("LF-SNS-001", "aws:sns/topic:Topic", "kmsMasterKeyId", "topics", "FSBP SNS.1"),
    _key(
        "LF-CB-001",
        "aws:codebuild/project:Project",
        "encryptionKey",
        "build outputs",
        "FSBP CodeBuild.3",
    ),
    _key(
        "LF-CC-001",
        "aws:codecommit/repository:Repository",
        "kmsKeyId",
        "repositories",
        "NIST SC-28",
    ),
    _key("LF-SM-001", "aws:secretsmanager/secret:Secret", "kmsKeyId", "secrets", "NIST SC-28"),
    _key(
        "LF-CT-001",
        "aws:cloudtrail/trail:Trail",
        "kmsKeyId",
        "trails",
        "FSBP CloudTrail.2",
        "CIS 3.5",
    ),
    _key(
        "LF-ECR-001",
        "aws:ecr/repository:Repository",
        "encryptionConfigurations.0.kmsKey",
        "image repositories",
        "NIST SC-28",
    ),
    _key("LF-BAK-001", "aws:backup/vault:Vault", "kmsKeyArn", "backup vaults", "FSBP Backup.1"),
    _key(
        "LF-DDB-001",
        "aws:dynamodb/table:Table",
        "serverSideEncryption.kmsKeyArn",
        "tables",
        "NIST SC-28",
    ),
    _flag("LF-EBS-001", "aws:ebs/volume:Volume", "encrypted", "volumes", "FSBP EC2.3", "CIS 2.2.1"),
    _flag(
        "LF-RDS-001",
        "aws:rds/instance:Instance",
        "storageEncrypted",
        "databases",
        "FSBP RDS.3",
        "CIS 2.3.1",
    ),
    _flag(
        "LF-RDS-002",
        "aws:rds/cluster:Cluster",
        "storageEncrypted",
        "database clusters",
        "FSBP RDS.27",
    ),
    _flag(
        "LF-EFS-001",
        "aws:efs/fileSystem:FileSystem",
        "encrypted",
        "file systems",
        "FSBP EFS.1",
        "CIS 2.4.1",
    ),
    _flag(
        "LF-RS-001", "aws:redshift/cluster:Cluster", "encrypted", "warehouses", "FSBP Redshift.10"
    ),
    _flag(
        "LF-EC-001",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "atRestEncryptionEnabled",
        "caches",
        "FSBP ElastiCache.4",
    ),
)


def _needs(need: _Needs) -> Check:
    def check(resource: Resource) -> Iterator[Violation]:
        value = resource.get(need.property)
        if value is None or (need.must_be_true and value is not True):
            what = "is not true" if need.must_be_true else "is not set"
            yield Violation(resource, need.property, what)
        elif not need.must_be_true and _names_aws_key(value):
            yield Violation(resource, need.property, "names a key that AWS manages")

    return check


def _names_aws_key(value: object) -> bool:
    return isinstance(value, str) and re.search(r"(^|[:/])alias/aws/", value) is not None


def _register(needs: Sequence[_Needs], make: Callable[[_Needs], Check]) -> None:
    for need in needs:
        resource_rule(need.id, need.title, fix=need.fix, types=[need.type], controls=need.controls)(
            make(need)
        )


_register(_NEEDS, _needs)


@resource_rule(
    "LF-KMS-001",
    "keys rotate",
    fix="Set enableKeyRotation to true.",
    types=["aws:kms/key:Key"],
    severity="medium",
    controls=["FSBP KMS.4", "CIS 3.6"],
)
def _rotation(resource: Resource) -> Iterator[Violation]:
    spec = resource.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT")
    # Only symmetric keys made by KMS can rotate by themselves.
    if spec == "SYMMETRIC_DEFAULT" and resource.get("enableKeyRotation") is not True:
        yield Violation(resource, "enableKeyRotation", "is not true")


@resource_rule(
    "LF-SQS-001",
    "queues are encrypted",
    fix="Set kmsMasterKeyId to a customer-managed key, or sqsManagedSseEnabled to true.",
    types=["aws:sqs/queue:Queue"],
    controls=["FSBP SQS.1"],
)
def _queue(resource: Resource) -> Iterator[Violation]:
    if resource.get("sqsManagedSseEnabled") is not True and not resource.get("kmsMasterKeyId"):
        yield Violation(resource, "kmsMasterKeyId", "is not set")


@resource_rule(
    "LF-KIN-001",
    "streams are encrypted",
    fix="Set encryptionType to KMS and kmsKeyId to a customer-managed key.",
    types=["aws:kinesis/stream:Stream"],
    controls=["FSBP Kinesis.1"],
)
def _kinesis(resource: Resource) -> Iterator[Violation]:
    if resource.get("encryptionType") != "KMS" or not resource.get("kmsKeyId"):
        yield Violation(resource, "encryptionType", "is not KMS with a key")


@resource_rule(
    "LF-CP-001",
    "pipelines keep artifacts under a customer key",
    fix="Give every artifact store an encryptionKey of type KMS, by the key's ARN.",
    types=["aws:codepipeline/pipeline:Pipeline"],
    controls=["NIST SC-28"],
)
def _pipeline(resource: Resource) -> Iterator[Violation]:
    for path, _ in resource.items("artifactStores"):
        if not resource.get(f"{path}.encryptionKey.id"):
            yield Violation(resource, f"{path}.encryptionKey", "is not set")


@resource_rule(
    "LF-LAM-001",
    "environment variables of functions are encrypted",
    fix="Set kmsKeyArn to a customer-managed key.",
    types=["aws:lambda/function:Function"],
    severity="medium",
    controls=["NIST SC-28"],
)
def _function(resource: Resource) -> Iterator[Violation]:
    if resource.has("environment.variables") and not resource.get("kmsKeyArn"):
        yield Violation(resource, "kmsKeyArn", "is not set though there are variables")


@resource_rule(
    "LF-S3-001",
    "default encryption of buckets names its key",
    fix="Set kmsMasterKeyId to the ARN of a customer-managed key.",
    types=ENCRYPTIONS,
    controls=["FSBP S3.17", "NIST SC-28"],
)
def _bucket_key(resource: Resource) -> Iterator[Violation]:
    algorithm = resource.get(f"{_DEFAULT}.sseAlgorithm")
    key = resource.get(f"{_DEFAULT}.kmsMasterKeyId")
    if algorithm in ("aws:kms", "aws:kms:dsse") and (key is None or _names_aws_key(key)):
        yield Violation(resource, f"{_DEFAULT}.kmsMasterKeyId", "names no customer-managed key")


@stack_rule(
    "LF-S3-002",
    "every bucket is encrypted with a customer key",
    fix="Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and your key. "
    "Only buckets that receive S3 access logs may keep AES256, because S3 delivers to no other.",
    types=BUCKETS,
    controls=["FSBP S3.17", "CIS 2.1.1"],
)
def _every_bucket(resources: Sequence[Resource]) -> Iterator[Violation]:
    encryptions = [r for r in resources if r.type in ENCRYPTIONS]
    loggings = [r for r in resources if r.type in LOGGINGS]
    for bucket in resources:
        if bucket.type not in BUCKETS:
            continue
        found = next((e for e in encryptions if e.points_at("bucket", bucket)), None)
        receives_logs = any(logging.points_at("targetBucket", bucket) for logging in loggings)
        if found is None:
            yield Violation(bucket, "", "the bucket has no encryption with a customer key")
        elif found.get(f"{_DEFAULT}.sseAlgorithm") == "AES256" and not receives_logs:
            yield Violation(found, f"{_DEFAULT}.sseAlgorithm", "is AES256")

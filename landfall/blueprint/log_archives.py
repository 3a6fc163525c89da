"""The archive of the organization's logs: its key, its bucket, and the bucket of access logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from landfall.aws.arns import arn_of, bucket_arn
from landfall.blueprint import buckets, keys
from landfall.blueprint.artifacts import KEY_READ, OBJECT_READ
from landfall.blueprint.buckets import BUCKET_READ, Bucket, Lifecycle, Lock
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.security import CONFIG
from landfall.blueprint.statements import Statement, exact_roles, statement

ALIAS = "landfall/logs"
_TRAIL = "cloudtrail.amazonaws.com"
_ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}


@dataclass(frozen=True, slots=True)
class LogArchive:
    """What makes an archive.

    `trail` is the name of the organization's trail in this region of the management account, None
    where there is none. `config`: AWS Config delivers too. `sessions`: instances deliver Session
    Manager's logs. `readers` are roles by ARN.
    """

    place: Place
    organization_id: str
    management_id: str
    bucket: str
    expire_days: int
    trail: str | None = None
    config: bool = False
    readers: Sequence[str] = ()
    archive_days: int | None = None
    lock: Lock | None = None
    force_destroy: bool = False
    sessions: bool = False

    @property
    def arn(self) -> str:
        """The ARN of the bucket."""
        return bucket_arn(self.place.partition, self.bucket)

    @property
    def apart(self) -> LogArchive | None:
        """The archive of AWS Config, where a lock keeps it from delivering to this one.

        https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
        """
        if self.lock is None or not self.config:
            return None
        return replace(self, bucket=f"{self.bucket}-config", trail=None, lock=None)

    @property
    def of_sessions(self) -> LogArchive | None:
        """The archive of Session Manager's logs, which instances write without a lock."""
        if not self.sessions:
            return None
        name = f"{self.bucket}-sessions"
        return replace(self, bucket=name, trail=None, config=False, lock=None)

    @property
    def trail_arn(self) -> str:
        """The ARN of the trail."""
        place = Place(self.place.partition, self.place.region, self.management_id)
        return place.arn("cloudtrail", f"trail/{self.trail}")


def archive_key(archive: LogArchive) -> Key:
    """Return the key of an archive."""
    return Key("Logs of the organization", list(_key_statements(archive)), ALIAS)


def archive_bucket(archive: LogArchive, key_arn: str) -> Bucket:
    """Return the bucket of an archive.

    It has no bucket key: S3 would ask KMS for the bucket as a whole, and not hand on the trail's
    encryption context, which the key's policy demands.
    """
    return Bucket(
        archive.bucket,
        [
            buckets.tls_only(archive.arn),
            # Only if a key is given: CloudTrail writes its digests with S3 managed keys.
            buckets.only_key(archive.arn, key_arn),
            *_deliveries(archive),
        ],
        Lifecycle("keep", archive.expire_days, archive_days=archive.archive_days),
        key_arn=key_arn,
        lock=archive.lock,
        force_destroy=archive.force_destroy,
        logs=f"{archive.bucket}-access",
        log_prefix="logs/",
    )


def session_bucket(archive: LogArchive, key_arn: str) -> Bucket:
    """Return the bucket of Session Manager's logs; accounts write below their own id.

    The agent of an instance sends the ACL bucket-owner-full-control, which changes nothing here:
    all objects belong to the bucket's owner.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
    """
    organization = {"StringEquals": {"aws:PrincipalOrgID": archive.organization_id}}
    return Bucket(
        archive.bucket,
        [
            buckets.tls_only(archive.arn),
            buckets.only_key(archive.arn, key_arn),
            statement(
                "InstancesLook",
                actions=["s3:GetEncryptionConfiguration"],
                resources=[archive.arn],
                principals={"AWS": "*"},
                conditions=organization,
            ),
            statement(
                "InstancesWrite",
                actions=["s3:PutObject"],
                resources=[f"{archive.arn}/${{aws:PrincipalAccount}}/*"],
                principals={"AWS": "*"},
                conditions=organization,
            ),
            *_readers(archive, "*"),
        ],
        Lifecycle("keep", archive.expire_days, archive_days=archive.archive_days),
        key_arn=key_arn,
        force_destroy=archive.force_destroy,
        logs=f"{archive.bucket}-access",
        log_prefix="logs/",
    )


def archive_logs(archive: LogArchive) -> Bucket:
    """Return the bucket of an archive's access logs.

    It has no lock: S3 cannot write access logs to a bucket with one.
    """
    name = f"{archive.bucket}-access"
    return Bucket(
        name,
        buckets.access_logs("AccessLogsOfTheArchive", archive.place, archive.bucket, name),
        Lifecycle("keep", archive.expire_days),
        force_destroy=archive.force_destroy,
    )


def _deliveries(archive: LogArchive) -> Iterator[Statement]:
    """Yield who delivers and reads.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    if archive.trail is not None:
        source = {"ArnEquals": {"aws:SourceArn": archive.trail_arn}}
        owners = [archive.management_id, archive.organization_id]
        yield statement(
            "TrailLooks",
            actions=["s3:GetBucketAcl"],
            resources=[archive.arn],
            principals={"Service": [_TRAIL]},
            conditions=source,
        )
        yield statement(
            "TrailWrites",
            actions=["s3:PutObject"],
            resources=[f"{archive.arn}/AWSLogs/{owner}/*" for owner in owners],
            principals={"Service": [_TRAIL]},
            conditions={**source, "StringEquals": _ACL},
        )
    if archive.config:
        organization = {"aws:SourceOrgID": archive.organization_id}
        yield statement(
            "ConfigLooks",
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[archive.arn],
            principals={"Service": [CONFIG]},
            conditions={"StringEquals": organization},
        )
        yield statement(
            "ConfigWrites",
            actions=["s3:PutObject"],
            resources=[f"{archive.arn}/AWSLogs/*/Config/*"],
            principals={"Service": [CONFIG]},
            conditions={"StringEquals": {**organization, **_ACL}},
        )
    yield from _readers(archive, "AWSLogs/*")


def _readers(archive: LogArchive, logs: str) -> Iterator[Statement]:
    if archive.readers:
        readers, organization_id = archive.readers, archive.organization_id
        objects = [f"{archive.arn}/{logs}"]
        yield exact_roles("ReadersList", readers, organization_id, BUCKET_READ, [archive.arn])
        yield exact_roles("Readers", readers, organization_id, OBJECT_READ, objects)


def _key_statements(archive: LogArchive) -> Iterator[Statement]:
    """Yield who uses the key, and for what.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    """
    yield keys.administration(archive.place)
    if archive.trail is not None:
        source = {"ArnEquals": {"aws:SourceArn": archive.trail_arn}}
        trails = arn_of(
            archive.place.partition,
            "cloudtrail",
            "trail/*",
            region="*",
            account=archive.management_id,
        )
        yield statement(
            "TrailEncrypts",
            actions=["kms:GenerateDataKey"],
            resources=["*"],
            principals={"Service": [_TRAIL]},
            conditions={
                **source,
                "ArnLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
            },
        )
        yield statement(
            "TrailLooks",
            actions=["kms:DescribeKey"],
            resources=["*"],
            principals={"Service": [_TRAIL]},
            conditions=source,
        )
    if archive.config:
        yield statement(
            "ConfigEncrypts",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            principals={"Service": [CONFIG]},
            conditions={"StringEquals": {"aws:SourceOrgID": archive.organization_id}},
        )
    if (sessions := archive.of_sessions) is not None:
        # S3 gives the object as context. An upload in parts decrypts, too.
        yield statement(
            "SessionsEncrypt",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            principals={"AWS": "*"},
            conditions={
                "StringEquals": {
                    "aws:PrincipalOrgID": archive.organization_id,
                    "kms:ViaService": f"s3.{archive.place.region}.{archive.place.dns}",
                },
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{sessions.arn}/*"},
            },
        )
    if archive.readers:
        yield exact_roles("Readers", archive.readers, archive.organization_id, KEY_READ, ["*"])

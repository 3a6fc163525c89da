"""The archive of the organization's logs: one key, and one bucket that services deliver to.

CloudTrail's organization trail and AWS Config of every account write here, each under its own
prefix of `AWSLogs/`. Nobody of the archive's account can read the logs by way of the bucket's
policy, only the exact roles that are named. Without `force_destroy` the archive is protected as a
whole.
"""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.artifacts import BUCKET_READ, KEY_ADMINISTRATION
from components.documents import accounts_of, document, exactly, statement
from landfall.blueprint.artifacts import KEY_READ, OBJECT_READ

ALIAS = "landfall/logs"
_ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}


class LogArchiveArgs(TypedDict):
    """What makes the log archive."""

    account_id: pulumi.Input[str]
    """The account it stands in."""
    region: str
    """The region it stands in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization whose accounts deliver to it."""
    management_account_id: pulumi.Input[str]
    """The account that the trail belongs to."""
    bucket_name: pulumi.Input[str]
    """The bucket's name; the bucket of its access logs has `-access` behind it."""
    trail_name: NotRequired[str]
    """The organization's trail, in this region of the management account."""
    config: NotRequired[bool]
    """AWS Config of the organization's accounts delivers here too."""
    reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read logs."""
    archive_days: NotRequired[int]
    """Days after which logs move to S3 Glacier Instant Retrieval; never where it is left out."""
    expire_days: int
    """Days after which logs are deleted."""
    lock_mode: NotRequired[str]
    """`GOVERNANCE` or `COMPLIANCE`: object lock holds every log for `lock_days`."""
    lock_days: NotRequired[int]
    """For how many days."""
    force_destroy: NotRequired[bool]
    """Delete the logs when the archive is destroyed; otherwise it is protected."""


class LogArchive(pulumi.ComponentResource):
    """A KMS key and an encrypted, versioned, private bucket for logs, with access logs."""

    bucket_name: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:security:LogArchive", name, None, opts)
        self._name, self._args = name, args
        key = self._key()
        access = self._bucket(f"{name}-access", "-access", None)
        delivery = self._policy(f"{name}-access", access, [_access_logs(args, access)])
        bucket = self._bucket(name, "", key)
        policy = self._policy(name, bucket, list(_deliveries(args, bucket, key)))
        aws.s3.BucketLogging(
            name,
            bucket=bucket.id,
            target_bucket=access.id,
            target_prefix="logs/",
            region=args["region"],
            # S3 asks whether it may deliver before it takes the setting.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[delivery]),
        )
        # Services try to deliver when they are set up: what they are given waits for the policy.
        self.bucket_name = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda all: all[0])
        self.key_arn = key.arn
        self.register_outputs({"bucket_name": self.bucket_name, "key_arn": self.key_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _key(self) -> aws.kms.Key:
        region = self._args["region"]
        key = aws.kms.Key(
            self._name,
            description="Logs of the organization",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(list(_key_statements(self._args))),
            tags={"Name": ALIAS},
            region=region,
            opts=self._child,
        )
        alias = f"alias/{ALIAS}"
        aws.kms.Alias(
            self._name, name=alias, target_key_id=key.key_id, region=region, opts=self._child
        )
        return key

    def _bucket(self, name: str, suffix: str, key: aws.kms.Key | None) -> aws.s3.Bucket:
        args, region, child = self._args, self._args["region"], self._child
        bucket = aws.s3.Bucket(
            name,
            bucket=pulumi.Output.concat(args["bucket_name"], suffix),
            force_destroy=args.get("force_destroy", False),
            region=region,
            opts=child,
        )
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=region,
            opts=child,
        )
        aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=region,
            opts=child,
        )
        # S3 delivers access logs only to buckets that it encrypts with its own keys.
        default = (
            {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}
            if key
            else {"sse_algorithm": "AES256"}
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": default,
                    # With a bucket key S3 would ask for the bucket as a whole, and not hand on
                    # the trail's encryption context, which the key's policy demands.
                    "bucket_key_enabled": False,
                }
            ],
            region=region,
            opts=child,
        )
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            region=region,
            opts=child,
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[versioning])
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[_lifecycle(args, archived=key is not None)],
            region=region,
            opts=after,
        )
        # A bucket that S3 delivers access logs to cannot hold them back from being deleted.
        if key is not None and "lock_mode" in args:
            retention = {"mode": args["lock_mode"], "days": args.get("lock_days")}
            aws.s3.BucketObjectLockConfiguration(
                name,
                bucket=bucket.id,
                rule={"default_retention": retention},
                region=region,
                opts=after,
            )
        return bucket

    def _policy(
        self, name: str, bucket: aws.s3.Bucket, statements: list[dict[str, Any]]
    ) -> aws.s3.BucketPolicy:
        tls = statement(
            "TlsOnly",
            effect="Deny",
            actions=["s3:*"],
            resources=[bucket.arn, pulumi.Output.concat(bucket.arn, "/*")],
            principals="*",
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
        return aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=document([tls, *statements]),
            region=self._args["region"],
            opts=self._child,
        )


def _lifecycle(args: LogArchiveArgs, *, archived: bool) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": "keep",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": args["expire_days"]},
        "noncurrent_version_expiration": {"noncurrent_days": 30},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    if archived and "archive_days" in args:
        rule["transitions"] = [{"days": args["archive_days"], "storage_class": "GLACIER_IR"}]
    return rule


def trail_arn(args: LogArchiveArgs) -> pulumi.Output[str]:
    """Return the ARN of the trail that delivers to an archive."""
    return output_arn(
        args.get("partition", "aws"),
        "cloudtrail",
        pulumi.Output.concat("trail/", args.get("trail_name", "")),
        region=args["region"],
        account=args["management_account_id"],
    )


def _access_logs(args: LogArchiveArgs, access: aws.s3.Bucket) -> dict[str, Any]:
    source = output_arn(args.get("partition", "aws"), "s3", args["bucket_name"])
    return statement(
        "AccessLogsOfTheArchive",
        actions=["s3:PutObject"],
        resources=[pulumi.Output.concat(access.arn, "/*")],
        principals={"Service": ["logging.s3.amazonaws.com"]},
        conditions={
            "ArnEquals": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": args["account_id"]},
        },
    )


def _deliveries(
    args: LogArchiveArgs, bucket: aws.s3.Bucket, key: aws.kms.Key
) -> Iterator[dict[str, Any]]:
    """Yield who may deliver and read.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    # Only of the key: CloudTrail writes its digests with S3's own keys, under no key's id.
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    yield statement(
        "OnlyThisKey",
        effect="Deny",
        actions=["s3:PutObject"],
        resources=[pulumi.Output.concat(bucket.arn, "/*")],
        principals="*",
        conditions={"StringNotEquals": {header: key.arn}, "Null": {header: "false"}},
    )
    if "trail_name" in args:
        source = {"aws:SourceArn": trail_arn(args)}
        prefixes = [args["management_account_id"], args["organization_id"]]
        objects = [pulumi.Output.concat(bucket.arn, "/AWSLogs/", it, "/*") for it in prefixes]
        trail = {"Service": ["cloudtrail.amazonaws.com"]}
        yield statement(
            "TrailLooks",
            actions=["s3:GetBucketAcl"],
            resources=[bucket.arn],
            principals=trail,
            conditions={"ArnEquals": source},
        )
        yield statement(
            "TrailWrites",
            actions=["s3:PutObject"],
            resources=objects,
            principals=trail,
            conditions={"ArnEquals": source, "StringEquals": _ACL},
        )
    if args.get("config", False):
        organization = {"aws:SourceOrgID": args["organization_id"]}
        config = {"Service": ["config.amazonaws.com"]}
        yield statement(
            "ConfigLooks",
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[bucket.arn],
            principals=config,
            conditions={"StringEquals": organization},
        )
        yield statement(
            "ConfigWrites",
            actions=["s3:PutObject"],
            resources=[pulumi.Output.concat(bucket.arn, "/AWSLogs/*/Config/*")],
            principals=config,
            conditions={"StringEquals": {**organization, **_ACL}},
        )
    if readers := args.get("reader_role_arns", []):
        for sid, actions, resource in (
            ("ReadersList", BUCKET_READ, bucket.arn),
            ("Readers", OBJECT_READ, pulumi.Output.concat(bucket.arn, "/AWSLogs/*")),
        ):
            yield statement(
                sid,
                actions=actions,
                resources=[resource],
                principals={"AWS": accounts_of(readers)},
                conditions=exactly(readers, args["organization_id"]),
            )


def _key_statements(args: LogArchiveArgs) -> Iterator[dict[str, Any]]:
    """Yield who may use the key, and for what.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    """
    partition = args.get("partition", "aws")
    root = output_arn(partition, "iam", "root", account=args["account_id"])
    yield statement(
        "AdministrationByThisAccount",
        actions=KEY_ADMINISTRATION,
        resources=["*"],
        principals={"AWS": root},
    )
    if "trail_name" in args:
        trails = output_arn(
            partition, "cloudtrail", "trail/*", region="*", account=args["management_account_id"]
        )
        source = {"ArnEquals": {"aws:SourceArn": trail_arn(args)}}
        trail = {"Service": ["cloudtrail.amazonaws.com"]}
        yield statement(
            "TrailEncrypts",
            actions=["kms:GenerateDataKey"],
            resources=["*"],
            principals=trail,
            conditions={
                **source,
                "ArnLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
            },
        )
        yield statement(
            "TrailLooks",
            actions=["kms:DescribeKey"],
            resources=["*"],
            principals=trail,
            conditions=source,
        )
    if args.get("config", False):
        yield statement(
            "ConfigEncrypts",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            principals={"Service": ["config.amazonaws.com"]},
            conditions={"StringEquals": {"aws:SourceOrgID": args["organization_id"]}},
        )
    if readers := args.get("reader_role_arns", []):
        yield statement(
            "Readers",
            actions=KEY_READ,
            resources=["*"],
            principals={"AWS": accounts_of(readers)},
            conditions=exactly(readers, args["organization_id"]),
        )

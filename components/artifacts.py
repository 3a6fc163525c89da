"""The artifact store of one region: a customer-managed key and a bucket that only named roles use.

Pipelines keep their artifacts here, and the roles of the target accounts read them. Does not grant
anything to an account as a whole: every statement ends at exact roles of the organization.

Without `force_destroy` the store is protected as a whole: a bucket that cannot be deleted because
it is not empty would be left without its policy, and without the key to read it.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.documents import accounts_of, document, exactly, statement
from landfall.blueprint.artifacts import KEY_READ, KEY_USE, OBJECT_READ, OBJECT_WRITE

# What an account's own IAM may do with a key: all of its administration, none of its use.
KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:ListRetirableGrants",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
BUCKET_READ = ("s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket")


class ArtifactStoreArgs(TypedDict):
    """What makes an artifact store."""

    account_id: pulumi.Input[str]
    """The account it stands in."""
    region: str
    """The region it stands in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization that its users must belong to."""
    bucket_name: pulumi.Input[str]
    """The bucket's name; the bucket of its access logs has `-logs` behind it."""
    alias: NotRequired[str]
    """The key's alias without `alias/`; `landfall/artifacts` where it is left out."""
    writer_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read and write artifacts: those of pipelines and builds."""
    reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read artifacts: those that deploy."""
    used_through: NotRequired[list[str]]
    """Services through which this account's own principals may use the key: `codecommit`."""
    log_group_prefix: NotRequired[str]
    """Log groups under this name may use the key; `/landfall/` where it is left out."""
    force_destroy: NotRequired[bool]
    """Delete what is in the buckets when they are destroyed; otherwise the store is protected."""
    expire_days: NotRequired[int]
    """Days after which an artifact is deleted; 90 where it is left out."""
    noncurrent_days: NotRequired[int]
    """Days after which a replaced version is deleted; 30 where it is left out."""


class ArtifactStore(pulumi.ComponentResource):
    """A KMS key and an encrypted, versioned, private bucket, with access logs."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        # What the caller says counts more.
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:artifacts:ArtifactStore", name, None, opts)
        region = args["region"]
        key = self._key(name, args)
        logs = self._bucket(
            f"{name}-logs", pulumi.Output.concat(args["bucket_name"], "-logs"), args
        )
        self._encrypt(f"{name}-logs", logs, None, region)
        delivery = self._policy(f"{name}-logs", logs, _log_delivery(args, logs))

        bucket = self._bucket(name, args["bucket_name"], args)
        self._encrypt(name, bucket, key, region)
        self._policy(name, bucket, _artifact_access(args, bucket, key))
        aws.s3.BucketLogging(
            name,
            bucket=bucket.id,
            target_bucket=logs.id,
            target_prefix="artifacts/",
            region=region,
            # S3 asks whether it may deliver before it takes the setting.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[delivery]),
        )
        self.bucket_name = bucket.bucket
        self.bucket_arn = bucket.arn
        self.key_arn = key.arn
        self.register_outputs(
            {
                "bucket_name": self.bucket_name,
                "bucket_arn": self.bucket_arn,
                "key_arn": self.key_arn,
            }
        )

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _key(self, name: str, args: ArtifactStoreArgs) -> aws.kms.Key:
        alias = args.get("alias", "landfall/artifacts")
        key = aws.kms.Key(
            name,
            description=f"Artifacts of delivery pipelines in {args['region']}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=_key_policy(args),
            tags={"Name": alias},
            region=args["region"],
            opts=self._child,
        )
        aws.kms.Alias(
            name,
            name=f"alias/{alias}",
            target_key_id=key.key_id,
            region=args["region"],
            opts=self._child,
        )
        return key

    def _bucket(
        self, name: str, bucket_name: pulumi.Input[str], args: ArtifactStoreArgs
    ) -> aws.s3.Bucket:
        region = args["region"]
        bucket = aws.s3.Bucket(
            name,
            bucket=bucket_name,
            force_destroy=args.get("force_destroy", False),
            region=region,
            opts=self._child,
        )
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=region,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=region,
            opts=self._child,
        )
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            region=region,
            opts=self._child,
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=[
                {
                    "id": "expire",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": args.get("expire_days", 90)},
                    "noncurrent_version_expiration": {
                        "noncurrent_days": args.get("noncurrent_days", 30)
                    },
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                }
            ],
            region=region,
            # Rules for noncurrent versions need versioning to be on.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
        return bucket

    def _encrypt(
        self, name: str, bucket: aws.s3.Bucket, key: aws.kms.Key | None, region: str
    ) -> None:
        # S3 delivers access logs only to buckets that it encrypts with its own keys:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
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
                    "bucket_key_enabled": key is not None,
                }
            ],
            region=region,
            opts=self._child,
        )

    def _policy(
        self, name: str, bucket: aws.s3.Bucket, statements: Sequence[dict[str, Any]]
    ) -> aws.s3.BucketPolicy:
        return aws.s3.BucketPolicy(
            name,
            bucket=bucket.id,
            policy=document([_tls_only(bucket), *statements]),
            region=bucket.region,
            opts=self._child,
        )


def _objects(bucket: aws.s3.Bucket) -> pulumi.Output[str]:
    return pulumi.Output.concat(bucket.arn, "/*")


def _tls_only(bucket: aws.s3.Bucket) -> dict[str, Any]:
    return statement(
        "TlsOnly",
        effect="Deny",
        actions=["s3:*"],
        resources=[bucket.arn, _objects(bucket)],
        principals="*",
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _only(sid: str, bucket: aws.s3.Bucket, header: str, value: pulumi.Input[str]) -> dict[str, Any]:
    # A request without the header gets the bucket's default, which is right; hence the Null.
    return statement(
        sid,
        effect="Deny",
        actions=["s3:PutObject"],
        resources=[_objects(bucket)],
        principals="*",
        conditions={"StringNotEquals": {header: value}, "Null": {header: "false"}},
    )


def _log_delivery(args: ArtifactStoreArgs, logs: aws.s3.Bucket) -> list[dict[str, Any]]:
    source = output_arn(args.get("partition", "aws"), "s3", args["bucket_name"])
    return [
        statement(
            "AccessLogsOfTheArtifactBucket",
            actions=["s3:PutObject"],
            resources=[_objects(logs)],
            principals={"Service": ["logging.s3.amazonaws.com"]},
            conditions={
                "ArnEquals": {"aws:SourceArn": source},
                "StringEquals": {"aws:SourceAccount": args["account_id"]},
            },
        )
    ]


def _artifact_access(
    args: ArtifactStoreArgs, bucket: aws.s3.Bucket, key: aws.kms.Key
) -> list[dict[str, Any]]:
    writers, readers = args.get("writer_role_arns", []), args.get("reader_role_arns", [])
    statements = [
        _only("OnlyThisKey", bucket, "s3:x-amz-server-side-encryption-aws-kms-key-id", key.arn),
        _only("OnlyKmsEncryption", bucket, "s3:x-amz-server-side-encryption", "aws:kms"),
    ]
    for sid, arns, actions in (
        ("Writers", writers, OBJECT_WRITE),
        ("Readers", readers, OBJECT_READ),
    ):
        if arns:
            statements.append(_granted(sid, arns, args, actions, [_objects(bucket)]))
    if writers or readers:
        everyone = [*writers, *readers]
        statements.append(_granted("Listing", everyone, args, BUCKET_READ, [bucket.arn]))
    return statements


def _key_policy(args: ArtifactStoreArgs) -> pulumi.Output[str]:
    account, partition, region = args["account_id"], args.get("partition", "aws"), args["region"]
    group = args.get("log_group_prefix", "/landfall/")
    statements = [
        statement(
            "AdministrationByThisAccount",
            actions=KEY_ADMINISTRATION,
            resources=["*"],
            principals={"AWS": _root(args)},
        ),
        statement(
            "LogGroups",
            actions=[
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            resources=["*"],
            principals={"Service": [f"logs.{region}.amazonaws.com"]},
            conditions={
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": output_arn(
                        partition,
                        "logs",
                        pulumi.Output.concat("log-group:", group, "*"),
                        region=region,
                        account=account,
                    )
                }
            },
        ),
    ]
    if args.get("used_through"):
        statements.append(
            statement(
                "ThroughServices",
                actions=KEY_USE,
                resources=["*"],
                principals={"AWS": _root(args)},
                conditions={
                    "StringEquals": {
                        "kms:CallerAccount": account,
                        "kms:ViaService": [
                            f"{service}.{region}.{_dns(partition)}"
                            for service in args.get("used_through", [])
                        ],
                    }
                },
            )
        )
    for sid, arns, actions in (
        ("Writers", args.get("writer_role_arns", []), KEY_USE),
        ("Readers", args.get("reader_role_arns", []), KEY_READ),
    ):
        if arns:
            statements.append(_granted(sid, arns, args, actions, ["*"]))
    return document(statements)


def _root(args: ArtifactStoreArgs) -> pulumi.Output[str]:
    partition = args.get("partition", "aws")
    return output_arn(partition, "iam", "root", account=args["account_id"])


def _dns(partition: str) -> str:
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"


def _granted(
    sid: str,
    role_arns: list[pulumi.Input[str]],
    args: ArtifactStoreArgs,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
) -> dict[str, Any]:
    return statement(
        sid,
        actions=actions,
        resources=resources,
        principals={"AWS": accounts_of(role_arns)},
        conditions=exactly(role_arns, args["organization_id"]),
    )

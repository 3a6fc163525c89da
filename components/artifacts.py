"""The artifact store of one region: a customer managed key and a bucket for listed roles only.

Pipelines store their artifacts here, and roles of the target accounts read them. Does not grant
anything to a whole account: every statement is limited to exact roles of the organization.

Without `force_destroy`, the whole store is protected: a bucket that cannot be deleted because
it is not empty would lose its policy and the key to read it.
"""

from typing import NotRequired, TypedDict

import pulumi

from components.buckets import make_bucket
from components.inputs import Inputs
from components.keys import make_key
from landfall.blueprint import artifact_stores as described
from landfall.blueprint import packages


class ArtifactStoreArgs(TypedDict):
    """The arguments of an artifact store."""

    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization of the roles that may use it."""
    bucket_name: pulumi.Input[str]
    """The bucket's name; the access log bucket appends `-logs`."""
    alias: NotRequired[str]
    """The key's alias without `alias/`. Default: `landfall/artifacts`."""
    writer_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read and write artifacts: those of pipelines and builds."""
    reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read artifacts: those that deploy."""
    sender_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles of other accounts that write the sources of pipelines."""
    used_through: NotRequired[list[str]]
    """Services through which this account's principals may use the key: `codecommit`."""
    log_group_prefix: NotRequired[str]
    """Log groups with this prefix may use the key. Default: `/landfall/`."""
    force_destroy: NotRequired[bool]
    """Delete the buckets with their content on destroy; otherwise the store is protected."""
    expire_days: NotRequired[int]
    """Days until an artifact is deleted. Default: 90."""
    noncurrent_days: NotRequired[int]
    """Days until a replaced version is deleted. Default: 30."""
    package_bucket_name: NotRequired[pulumi.Input[str]]
    """The bucket of packaged code. Default: none."""
    package_writer_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that upload packaged code: those of builds."""
    package_reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that read packaged code: those of stacks."""
    key_writer_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Those of them that encrypt with the key, and write no artifacts."""
    key_reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Those of them that decrypt with the key, and read no artifacts."""


class ArtifactStore(pulumi.ComponentResource):
    """A KMS key and an encrypted, versioned, private bucket, with access logs."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ArtifactStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        # The caller's options take precedence.
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:artifacts:ArtifactStore", name, None, opts)
        inputs, region = Inputs(), args["region"]
        store = _described(args, inputs)
        child = pulumi.ResourceOptions(parent=self)
        key = make_key(name, described.store_key(store), inputs, region, child)
        logs = make_bucket(f"{name}-logs", described.store_logs(store), inputs, region, self)
        bucket = described.store_bucket(store, inputs.text(key.arn))
        made = make_bucket(name, bucket, inputs, region, self, logs=logs).bucket
        if store.packages:
            packaged = packages.package_bucket(store, inputs.text(key.arn))
            make_bucket(f"{name}-packages", packaged, inputs, region, self, logs=logs)
        self.bucket_name = made.bucket
        self.bucket_arn = made.arn
        self.key_arn = key.arn
        self.register_outputs(
            {
                "bucket_name": self.bucket_name,
                "bucket_arn": self.bucket_arn,
                "key_arn": self.key_arn,
            }
        )


def _described(args: ArtifactStoreArgs, inputs: Inputs) -> described.ArtifactStore:
    return described.ArtifactStore(
        inputs.place(args.get("partition", "aws"), args["region"], args["account_id"]),
        inputs.text(args["organization_id"]),
        inputs.text(args["bucket_name"]),
        writers=inputs.texts(args.get("writer_role_arns", [])),
        readers=inputs.texts(args.get("reader_role_arns", [])),
        senders=inputs.texts(args.get("sender_role_arns", [])),
        used_through=args.get("used_through", []),
        alias=args.get("alias", described.ALIAS),
        log_groups=args.get("log_group_prefix", described.LOG_GROUPS),
        force_destroy=args.get("force_destroy", False),
        expire_days=args.get("expire_days", 90),
        noncurrent_days=args.get("noncurrent_days", 30),
        packages=inputs.text(args.get("package_bucket_name", "")),
        package_writers=inputs.texts(args.get("package_writer_role_arns", [])),
        package_readers=inputs.texts(args.get("package_reader_role_arns", [])),
        key_writers=inputs.texts(args.get("key_writer_role_arns", [])),
        key_readers=inputs.texts(args.get("key_reader_role_arns", [])),
    )

"""The artifact store of one region: a customer-managed key and a bucket that only named roles use.

Pipelines keep their artifacts here, and the roles of the target accounts read them. Does not grant
anything to an account as a whole: every statement ends at exact roles of the organization.

Without `force_destroy` the store is protected as a whole: a bucket that cannot be deleted because
it is not empty would be left without its policy, and without the key to read it.
"""

from typing import NotRequired, TypedDict

import pulumi

from components.buckets import make_bucket
from components.inputs import Inputs
from components.keys import make_key
from landfall.blueprint import artifact_stores as described


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
        inputs, region = Inputs(), args["region"]
        store = _described(args, inputs)
        child = pulumi.ResourceOptions(parent=self)
        key = make_key(name, described.store_key(store), inputs, region, child)
        logs = make_bucket(f"{name}-logs", described.store_logs(store), inputs, region, self)
        bucket = described.store_bucket(store, inputs.text(key.arn))
        made = make_bucket(name, bucket, inputs, region, self, logs=logs).bucket
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
        used_through=args.get("used_through", []),
        alias=args.get("alias", described.ALIAS),
        log_groups=args.get("log_group_prefix", described.LOG_GROUPS),
        force_destroy=args.get("force_destroy", False),
        expire_days=args.get("expire_days", 90),
        noncurrent_days=args.get("noncurrent_days", 30),
    )

"""The archive of the organization's logs: one key, and one bucket that services deliver to.

CloudTrail's organization trail and AWS Config of every account write here, each under its own
prefix of `AWSLogs/`. AWS Config does not deliver to a locked bucket, and then has one of its own;
what it delivered before stays. Session Manager's logs have a bucket of their own, too: each account
writes below its id. The bucket policy does not let the archive's account read the logs,
only the exact listed roles. Without `force_destroy`, the whole archive
is protected.
"""

from collections.abc import Callable
from typing import NotRequired, TypedDict

import pulumi

from components.buckets import make_bucket
from components.inputs import Inputs
from components.keys import make_key
from landfall.blueprint import log_archives as described
from landfall.blueprint.buckets import Bucket, Lock

_Build = Callable[[described.LogArchive, str], Bucket]


class LogArchiveArgs(TypedDict):
    """The arguments of the log archive."""

    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization whose accounts deliver to it."""
    management_account_id: pulumi.Input[str]
    """The trail's account."""
    bucket_name: pulumi.Input[str]
    """The bucket's name; the access log bucket appends `-access`."""
    trail_name: NotRequired[str]
    """The organization's trail, in this region of the management account."""
    config: NotRequired[bool]
    """Whether AWS Config of the organization's accounts also delivers here."""
    sessions: NotRequired[bool]
    """Whether instances of the organization's accounts also deliver Session Manager's logs here."""
    reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may read logs."""
    archive_days: NotRequired[int]
    """Days until logs move to S3 Glacier Instant Retrieval. Default: never."""
    expire_days: int
    """Days until logs are deleted."""
    lock_mode: NotRequired[str]
    """`GOVERNANCE` or `COMPLIANCE`: Object Lock keeps every log for `lock_days`."""
    lock_days: NotRequired[int]
    """The retention in days. AWS Config then delivers to a bucket without lock."""
    force_destroy: NotRequired[bool]
    """Delete the logs on destroy; otherwise the archive is protected."""


class LogArchive(pulumi.ComponentResource):
    """A KMS key and an encrypted, versioned, private bucket for logs, with access logs."""

    bucket_name: pulumi.Output[str]
    config_bucket_name: pulumi.Output[str]
    session_bucket_name: pulumi.Output[str] | None
    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:security:LogArchive", name, None, opts)
        inputs, region = Inputs(), args["region"]
        archive = _described(args, inputs)
        child = pulumi.ResourceOptions(parent=self)
        key = make_key(name, described.archive_key(archive), inputs, region, child)

        def made(
            name: str, archive: described.LogArchive, build: _Build = described.archive_bucket
        ) -> pulumi.Output[str]:
            own = described.archive_logs(archive)
            logs = make_bucket(f"{name}-access", own, inputs, region, self)
            bucket = build(archive, inputs.text(key.arn))
            found = make_bucket(name, bucket, inputs, region, self, logs=logs)
            # Services test the delivery when they are configured, so outputs depend on the policy.
            both = pulumi.Output.all(found.bucket.bucket, found.policy.id)
            return both.apply(lambda all: all[0])

        self.bucket_name = self.config_bucket_name = made(name, archive)
        if (apart := archive.apart) is not None:
            self.config_bucket_name = made(f"{name}-config", apart)
        self.session_bucket_name = None
        if (sessions := archive.of_sessions) is not None:
            name = f"{name}-sessions"
            self.session_bucket_name = made(name, sessions, described.session_bucket)
        self.key_arn = key.arn
        self.register_outputs(
            {
                "bucket_name": self.bucket_name,
                "config_bucket_name": self.config_bucket_name,
                "key_arn": self.key_arn,
            }
        )


def _described(args: LogArchiveArgs, inputs: Inputs) -> described.LogArchive:
    lock = Lock(args["lock_mode"], args["lock_days"]) if "lock_mode" in args else None
    return described.LogArchive(
        inputs.place(args.get("partition", "aws"), args["region"], args["account_id"]),
        inputs.text(args["organization_id"]),
        inputs.text(args["management_account_id"]),
        inputs.text(args["bucket_name"]),
        args["expire_days"],
        trail=args.get("trail_name"),
        config=args.get("config", False),
        readers=inputs.texts(args.get("reader_role_arns", [])),
        archive_days=args.get("archive_days"),
        lock=lock,
        force_destroy=args.get("force_destroy", False),
        sessions=args.get("sessions", False),
    )

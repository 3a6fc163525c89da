"""The key of topics, secrets and traces, which delivery keeps beside artifacts in a region.

Artifacts have a key of their own, which every pipeline uses; a secret under it would be one grant
away from all of them.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.artifacts import KEY_ADMINISTRATION
from components.documents import document, statement

ALIAS = "landfall/delivery"

_PUBLISH = ("kms:Decrypt", "kms:GenerateDataKey")


class ServiceKeyArgs(TypedDict):
    """What makes the key."""

    account_id: pulumi.Input[str]
    """The account it stands in."""
    region: str
    """The region it stands in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    topics: NotRequired[list[str]]
    """Names of the topics that EventBridge, alarms and notification rules publish to."""
    alarm_account_ids: NotRequired[list[pulumi.Input[str]]]
    """The accounts whose alarms publish to them."""
    secrets: NotRequired[bool]
    """Secrets and parameters of this account are encrypted with it."""
    protected: NotRequired[bool]
    """Keep it from being destroyed, as what it encrypts would be lost; true where left out."""


class ServiceKey(pulumi.ComponentResource):
    """A customer-managed key with rotation, for the services that say so in its policy."""

    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ServiceKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=args.get("protected", True))
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:delivery:ServiceKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            name,
            description=f"Topics, secrets and traces of delivery in {args['region']}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(_statements(args)),
            tags={"Name": ALIAS},
            region=args["region"],
            opts=child,
        )
        aws.kms.Alias(
            name,
            name=f"alias/{ALIAS}",
            target_key_id=key.key_id,
            region=args["region"],
            opts=child,
        )
        self.key_arn = key.arn
        self.register_outputs({"key_arn": self.key_arn})


def _statements(args: ServiceKeyArgs) -> list[dict[str, Any]]:
    partition = args.get("partition", "aws")
    account = output_arn(partition, "iam", "root", account=args["account_id"])
    statements = [
        statement(
            "AdministrationByThisAccount",
            actions=KEY_ADMINISTRATION,
            resources=["*"],
            principals={"AWS": account},
        )
    ]
    if args.get("topics"):
        statements += _topics(args, partition)
    if args.get("secrets", False):
        statements.append(_secrets(args, partition, account))
    return statements


def _topics(args: ServiceKeyArgs, partition: str) -> Sequence[dict[str, Any]]:
    """Return the statements for what publishes to encrypted topics.

    A key policy may not name an EventBridge rule or its account, or nothing is delivered; SNS gives
    the topic as encryption context, and the topic's own policy names the rules.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    arns = [
        output_arn(partition, "sns", name, region=args["region"], account=args["account_id"])
        for name in args.get("topics", [])
    ]
    topics = {"ArnEquals": {"kms:EncryptionContext:aws:sns:topicArn": arns}}
    found = []
    for sid, service, accounts in (
        ("EventsToTopics", "events", []),
        ("AlarmsToTopics", "cloudwatch", args.get("alarm_account_ids", [args["account_id"]])),
        ("NotificationsToTopics", "codestar-notifications", [args["account_id"]]),
    ):
        source = {"StringEquals": {"aws:SourceAccount": accounts}} if accounts else {}
        found.append(
            statement(
                sid,
                actions=_PUBLISH,
                resources=["*"],
                principals={"Service": [f"{service}.amazonaws.com"]},
                conditions={**topics, **source},
            )
        )
    return found


def _secrets(args: ServiceKeyArgs, partition: str, account: pulumi.Input[str]) -> dict[str, Any]:
    dns = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return statement(
        "ThroughTheStoresOfSecrets",
        actions=[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        resources=["*"],
        principals={"AWS": account},
        conditions={
            "StringEquals": {
                "kms:CallerAccount": args["account_id"],
                "kms:ViaService": [
                    f"{service}.{args['region']}.{dns}" for service in ("secretsmanager", "ssm")
                ],
            }
        },
    )

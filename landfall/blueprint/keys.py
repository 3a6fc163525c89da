"""Customer-managed keys: who administers a key, and who uses it for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws import source_keys
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

# Everything about a key but its use.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_ADMINISTRATION = (
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
ENCRYPTION = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What a service that encrypts data of its own does with a key."""

_PUBLISH = ("kms:Decrypt", "kms:GenerateDataKey")
_TOPIC = "kms:EncryptionContext:aws:sns:topicArn"


@dataclass(frozen=True, slots=True)
class Key:
    """One customer-managed key, which AWS rotates every year.

    `alias` is without its `alias/`. `statements` are the key's policy.
    """

    description: str
    statements: Sequence[Statement]
    alias: str | None = None


def administration(place: Place) -> Statement:
    """Return the statement with which an account administers its key, and does not use it."""
    return statement(
        "AdministrationByThisAccount",
        actions=_ADMINISTRATION,
        resources=["*"],
        principals={"AWS": place.iam_arn("root")},
    )


def through_services(
    sid: str, place: Place, services: Sequence[str], actions: Sequence[str]
) -> Statement:
    """Return the statement with which principals of the account use a key through services."""
    return statement(
        sid,
        actions=actions,
        resources=["*"],
        principals={"AWS": place.iam_arn("root")},
        conditions={
            "StringEquals": {
                "kms:CallerAccount": place.account_id,
                "kms:ViaService": [f"{service}.{place.region}.{place.dns}" for service in services],
            }
        },
    )


def encrypt_logs(sid: str, place: Place, group: str) -> Statement:
    """Return the statement with which CloudWatch Logs encrypts a log group, or all that match.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    operator = "ArnLike" if "*" in group else "ArnEquals"
    arn = place.arn("logs", f"log-group:{group}")
    return statement(
        sid,
        actions=ENCRYPTION,
        resources=["*"],
        principals={"Service": [f"logs.{place.region}.amazonaws.com"]},
        conditions={operator: {"kms:EncryptionContext:aws:logs:arn": arn}},
    )


def publish_encrypted(
    sid: str, service: str, topic_arns: Sequence[str], account_ids: Sequence[str] = ()
) -> Statement:
    """Return the statement with which a service publishes to encrypted topics.

    `account_ids` are those for which the service may do so; any where it is empty. EventBridge
    needs that: it delivers nothing where the key's policy names a rule or an account. SNS gives the
    topic as encryption context, and the topic's own policy names the rules. An account that AWS
    does not document for the service is tested only if it comes.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    sent = source_keys.ACCOUNT in source_keys.keys_of(service, "key")
    operator = "StringEquals" if sent else "StringEqualsIfExists"
    like = "ArnLike" if any("*" in arn for arn in topic_arns) else "ArnEquals"
    accounts = {operator: {"aws:SourceAccount": list(account_ids)}} if account_ids else {}
    return statement(
        sid,
        actions=_PUBLISH,
        resources=["*"],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions={like: {_TOPIC: list(topic_arns)}, **accounts},
    )

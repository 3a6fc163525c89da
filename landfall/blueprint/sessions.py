"""Session Manager in an account: the role of instances, the key of sessions, the preferences.

https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from landfall.aws.arns import arn_of, bucket_arn
from landfall.blueprint import keys
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.roles import CrossAccount, Policy, Role
from landfall.blueprint.statements import Statement, statement
from landfall.settings import naming

PREFERENCES: Final = "SSM-SessionManagerRunShell"
"""The document that sessions of a region use by default."""
ALIAS: Final = "landfall/sessions"
ENDPOINTS: Final = ("ec2messages", "ssm", "ssmmessages")
"""What the agent of an instance connects to.

https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
"""

# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
_CONNECT: Final = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


@dataclass(frozen=True, slots=True)
class Logs:
    """Where sessions are logged: the bucket's name, and its key by ARN."""

    bucket: str
    key_arn: str


@dataclass(frozen=True, slots=True)
class SessionManager:
    """Session Manager in a region of an account; `key_arn` encrypts sessions."""

    place: Place
    logs: Logs | None = None
    encrypt: bool = False
    run_as: str | None = None
    idle_minutes: int = 20
    max_minutes: int | None = None


def session_role(place: Place) -> Role:
    """Return the role of instances, with the account's policy for them."""
    arn = place.iam_arn(f"policy/{naming.ROLE_PATH}{naming.SESSIONS}")
    return CrossAccount(
        naming.SESSIONS,
        "",
        [],
        services=("ec2",),
        account_id=place.account_id,
        description="Instances that users reach with Session Manager",
        managed=(arn,),
    ).role()


def session_policy(sessions: SessionManager) -> Policy:
    """Return the policy with which an instance opens sessions and logs them."""
    statements = [statement("Connect", actions=_CONNECT, resources=["*"])]
    if sessions.logs is not None:
        statements += _log(sessions, sessions.logs)
    if sessions.encrypt:
        place = sessions.place
        keys_ = arn_of(place.partition, "kms", "key/*", region="*", account=place.account_id)
        statements.append(
            statement(
                "DecryptSessions",
                actions=["kms:Decrypt"],
                resources=[keys_],
                conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{ALIAS}"}},
            )
        )
    return Policy(
        naming.SESSIONS, statements, description="What an instance needs for Session Manager"
    )


def _log(sessions: SessionManager, logs: Logs) -> list[Statement]:
    place = sessions.place
    arn = bucket_arn(place.partition, logs.bucket)
    return [
        statement(
            "LookAtTheBucket",
            actions=["s3:GetEncryptionConfiguration"],
            resources=[arn],
        ),
        statement(
            "LogSessions",
            actions=["s3:PutObject", "s3:PutObjectAcl"],
            resources=[f"{arn}/{place.account_id}/*"],
        ),
        statement(
            "EncryptLogs",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[logs.key_arn],
        ),
    ]


def session_key(place: Place) -> Key:
    """Return the key that encrypts the sessions of a region.

    Users need kms:GenerateDataKey of it in their own policies, instances kms:Decrypt.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
    """
    return Key(
        f"Sessions in {place.region}",
        [
            keys.administration(place),
            statement(
                "SessionsOfThisAccount",
                actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                resources=["*"],
                principals={"AWS": place.iam_arn("root")},
                conditions={"StringEquals": {"kms:CallerAccount": place.account_id}},
            ),
        ],
        ALIAS,
    )


def preferences(sessions: SessionManager, key_arn: str = "") -> Mapping[str, Any]:
    """Return the document of a region.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
    """
    place, logs = sessions.place, sessions.logs
    return {
        "schemaVersion": "1.0",
        "description": "Document to hold regional settings for Session Manager",
        "sessionType": "Standard_Stream",
        "inputs": {
            "s3BucketName": "" if logs is None else logs.bucket,
            "s3KeyPrefix": "" if logs is None else f"{place.account_id}/{place.region}",
            "s3EncryptionEnabled": True,
            "cloudWatchLogGroupName": "",
            "cloudWatchEncryptionEnabled": True,
            "cloudWatchStreamingEnabled": False,
            "kmsKeyId": key_arn,
            "runAsEnabled": sessions.run_as is not None,
            "runAsDefaultUser": sessions.run_as or "",
            "idleSessionTimeout": str(sessions.idle_minutes),
            "maxSessionDuration": "" if sessions.max_minutes is None else str(sessions.max_minutes),
            "shellProfile": {"linux": "", "windows": ""},
        },
    }

"""What an account has for its backup plans: the key of a vault, and the role of AWS Backup."""

from __future__ import annotations

from landfall.aws.arns import arn_of, managed_policy_arn
from landfall.blueprint import keys
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.roles import Role
from landfall.blueprint.statements import Statement, service_trust, statement
from landfall.settings import naming

ALIAS = "landfall/backups"

# https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)
# Who creates a vault lets AWS Backup use its key.
# https://repost.aws/knowledge-center/backup-vault-access-denied
_MOUNT = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "kms:RetireGrant",
)
_STORE = (*keys.ENCRYPTION, "kms:GenerateDataKeyWithoutPlaintext")


def backup_role(place: Place) -> Role:
    """Return the role that AWS Backup uses to back up resources. It cannot restore them."""
    sources = [arn_of(place.partition, "backup", "*", region="*", account=place.account_id)]
    return Role(
        naming.BACKUP_ROLE,
        [service_trust("backup", place.account_id, sources, "OnlyForThisAccount")],
        description="Backs up what backup policies select",
        managed=tuple(managed_policy_arn(place.partition, name) for name in _POLICIES),
    )


def backup_key(place: Place) -> Key:
    """Return the key of the vault in a region.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
    """
    return Key(
        f"Backups in {place.region}",
        [
            keys.administration(place),
            keys.through_services("ThroughBackup", place, ("backup",), _MOUNT),
            _the_role("TheBackupRole", place, _STORE),
            _the_role(
                "GrantsOfTheBackupRole",
                place,
                ("kms:CreateGrant",),
                {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ],
        ALIAS,
    )


def _the_role(
    sid: str,
    place: Place,
    actions: tuple[str, ...],
    conditions: dict[str, dict[str, str]] | None = None,
) -> Statement:
    role = place.iam_arn(f"role/{naming.ROLE_PATH}{naming.BACKUP_ROLE}")
    return statement(
        sid,
        actions=actions,
        resources=["*"],
        principals={"AWS": place.iam_arn("root")},
        conditions={"ArnEquals": {"aws:PrincipalArn": role}, **(conditions or {})},
    )

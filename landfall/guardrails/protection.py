"""Guardrails that protect the platform's own resources."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny

_SECURITY = (
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:PutInsightSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:DeleteServiceLinkedConfigurationRecorder",
    "config:DisassociateResourceTypes",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "guardduty:DeleteMembers",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:DisassociateFromMasterAccount",
    "guardduty:DisassociateMembers",
    "guardduty:StopMonitoringMembers",
    "guardduty:UpdateDetector",
    "guardduty:UpdateMemberDetectors",
    "securityhub:BatchDisableStandards",
    "securityhub:DeleteMembers",
    "securityhub:DisableSecurityHub",
    "securityhub:DisableSecurityHubV2",
    "securityhub:DisassociateFromAdministratorAccount",
    "securityhub:DisassociateFromMasterAccount",
    "securityhub:DisassociateMembers",
)


def _protect_security(context: Context) -> list[Statement]:
    return [deny("ProtectSecurityServices", actions=_SECURITY, exempt=context.provisioner)]


# CreateRole too: a role with that path would be exempt from other guardrails.
_ROLES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)


def _protect_platform(context: Context) -> list[Statement]:
    return [
        deny(
            "ProtectPlatformRoles",
            actions=_ROLES,
            resources=context.platform_roles,
            exempt=context.provisioner,
        )
    ]


def _protect_keys(context: Context) -> list[Statement]:
    """Deny actions that make data unreadable, permanently or temporarily."""
    actions = ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"]
    return [deny("ProtectKeys", actions=actions, exempt=context.provisioner)]


_BACKUPS = (
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultLockConfiguration",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:PutBackupVaultLockConfiguration",
    "backup:UpdateRecoveryPointLifecycle",
)


def _protect_backups(context: Context) -> list[Statement]:
    """Deny removing recovery points and weakening their vaults.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    """
    return [deny("ProtectBackups", actions=_BACKUPS, exempt=context.provisioner)]


GUARDRAILS = (
    Guardrail(
        "protect-security-services",
        SCP,
        "stopping CloudTrail, Config, GuardDuty, Security Hub and Access Analyzer",
        _protect_security,
    ),
    Guardrail(
        "protect-platform-roles",
        SCP,
        "making, changing and removing the platform's own roles",
        _protect_platform,
    ),
    Guardrail("protect-keys", SCP, "disabling and deleting KMS keys", _protect_keys),
    Guardrail(
        "protect-backups",
        SCP,
        "deleting recovery points, and weakening backup vaults",
        _protect_backups,
    ),
)

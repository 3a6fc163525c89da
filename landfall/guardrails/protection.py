"""Guardrails that protect the platform's own resources."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny
from landfall.settings import naming

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
    "detective:DeleteGraph",
    "detective:DeleteMembers",
    "detective:DisassociateMembership",
    "guardduty:DeleteDetector",
    "guardduty:DeleteMembers",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:DisassociateFromMasterAccount",
    "guardduty:DisassociateMembers",
    "guardduty:StopMonitoringMembers",
    "guardduty:UpdateDetector",
    "guardduty:UpdateMemberDetectors",
    "inspector2:Disable",
    "inspector2:DisassociateMember",
    "macie2:DeleteMember",
    "macie2:DisableMacie",
    "macie2:DisassociateFromAdministratorAccount",
    "macie2:DisassociateFromMasterAccount",
    "macie2:DisassociateMember",
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


_POLICIES = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
)
_TOKEN_PROVIDERS = (
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
    "iam:RemoveClientIDFromOpenIDConnectProvider",
    "iam:TagOpenIDConnectProvider",
    "iam:UntagOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
)


def _protect_platform(context: Context) -> list[Statement]:
    """Deny changes of the platform's roles, their boundaries and their token providers.

    Other token providers, as those of EKS clusters, stay open.
    """
    protected = {
        "ProtectPlatformRoles": (_ROLES, context.platform_roles),
        "ProtectPlatformPolicies": (_POLICIES, context.arns("iam::*:policy/landfall/*")),
        "ProtectTokenProviders": (
            _TOKEN_PROVIDERS,
            context.arns(*(f"iam::*:oidc-provider/{host}" for host in context.token_hosts)),
        ),
    }
    return [
        deny(sid, actions=actions, resources=resources, exempt=context.provisioner)
        for sid, (actions, resources) in protected.items()
        if resources
    ]


# PutObject too: services deliver logs, and SCPs do not apply to them.
_LOGS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketAcl",
    "s3:PutBucketLogging",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
    "s3:PutReplicationConfiguration",
)


def _protect_logs(context: Context) -> list[Statement]:
    """Deny removing delivered logs, and weakening their buckets.

    https://docs.aws.amazon.com/controltower/latest/controlreference/mandatory-controls.html
    """
    buckets = context.arns(*(f"s3:::{naming.LOG_BUCKETS}{end}" for end in ("*", "*/*")))
    return [deny("ProtectLogArchive", actions=_LOGS, resources=buckets, exempt=context.provisioner)]


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
        "making, changing and removing the platform's own roles, boundaries and token providers",
        _protect_platform,
    ),
    Guardrail(
        "protect-log-archive",
        SCP,
        "removing logs, and weakening the buckets of the log archive",
        _protect_logs,
    ),
    Guardrail("protect-keys", SCP, "disabling and deleting KMS keys", _protect_keys),
    Guardrail(
        "protect-backups",
        SCP,
        "deleting recovery points, and weakening backup vaults",
        _protect_backups,
    ),
)

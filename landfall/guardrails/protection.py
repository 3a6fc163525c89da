"""Guardrails around what the platform itself set up."""

from __future__ import annotations

from landfall.guardrails.statements import SCP, Context, Guardrail, Statement, deny

_SECURITY = (
    "access-analyzer:DeleteAnalyzer",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StopConfigurationRecorder",
    "guardduty:DeleteDetector",
    "guardduty:DeleteMembers",
    "guardduty:DisassociateFromAdministratorAccount",
    "guardduty:DisassociateMembers",
    "guardduty:StopMonitoringMembers",
    "guardduty:UpdateDetector",
    "securityhub:BatchDisableStandards",
    "securityhub:DeleteMembers",
    "securityhub:DisableSecurityHub",
    "securityhub:DisassociateFromAdministratorAccount",
    "securityhub:DisassociateMembers",
)


def _protect_security(context: Context) -> list[Statement]:
    return [deny("ProtectSecurityServices", actions=_SECURITY, exempt=context.provisioner)]


# CreateRole too: who could make a role of that path would be exempt wherever the path is.
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
)

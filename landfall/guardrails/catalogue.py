"""The catalogue of named guardrails. Pure: a context in, IAM statements out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Statement = dict[str, Any]

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True)
class Context:
    """What a guardrail is written for."""

    partition: str
    regions: tuple[str, ...]
    account_role: str

    @property
    def platform_roles(self) -> list[str]:
        """The ARN patterns of the roles with which the platform itself works."""
        return [
            f"arn:{self.partition}:iam::*:role/{self.account_role}",
            f"arn:{self.partition}:iam::*:role/landfall/*",
        ]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A named guardrail: AWS's policy type, what it prevents, and its statements."""

    name: str
    type: str
    prevents: str
    statements: Callable[[Context], list[Statement]]


def _deny(
    sid: str,
    *,
    actions: list[str] | None = None,
    but: list[str] | None = None,
    conditions: Mapping[str, Any] | None = None,
    resources: list[str] | None = None,
) -> Statement:
    result: Statement = {"Sid": sid, "Effect": "Deny"}
    if but is not None:
        result["NotAction"] = but
    else:
        result["Action"] = actions
    result["Resource"] = resources or ["*"]
    if conditions:
        result["Condition"] = dict(conditions)
    return result


def _not_platform(context: Context) -> dict[str, Any]:
    return {"ArnNotLike": {"aws:PrincipalArn": context.platform_roles}}


def _deny_all(context: Context) -> list[Statement]:
    return [_deny("DenyAll", actions=["*"], conditions=_not_platform(context))]


def _deny_leaving(_: Context) -> list[Statement]:
    return [_deny("DenyLeavingOrganization", actions=["organizations:LeaveOrganization"])]


def _deny_root(context: Context) -> list[Statement]:
    root = {"ArnLike": {"aws:PrincipalArn": f"arn:{context.partition}:iam::*:root"}}
    return [_deny("DenyRootUser", actions=["*"], conditions=root)]


# Services whose endpoint is in one region for the whole partition:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
_GLOBAL = [
    "account:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "route53domains:*",
    "shield:*",
    "sts:*",
    "support:*",
    "tag:*",
    "waf:*",
]


def _restrict_regions(context: Context) -> list[Statement]:
    conditions = {
        "StringNotEquals": {"aws:RequestedRegion": list(context.regions)},
        **_not_platform(context),
    }
    return [_deny("DenyOtherRegions", but=_GLOBAL, conditions=conditions)]


def _protect_security(context: Context) -> list[Statement]:
    actions = [
        "access-analyzer:DeleteAnalyzer",
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
        "config:StopConfigurationRecorder",
        "guardduty:DeleteDetector",
        "guardduty:DisassociateFromAdministratorAccount",
        "guardduty:UpdateDetector",
        "securityhub:DisableSecurityHub",
        "securityhub:DisassociateFromAdministratorAccount",
    ]
    return [_deny("ProtectSecurityServices", actions=actions, conditions=_not_platform(context))]


def _protect_platform(context: Context) -> list[Statement]:
    actions = [
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
    ]
    return [
        _deny(
            "ProtectPlatformRoles",
            actions=actions,
            resources=context.platform_roles,
            conditions=_not_platform(context),
        )
    ]


def _deny_unencrypted(_: Context) -> list[Statement]:
    """Creation without encryption, where the request itself says so."""
    return [
        _deny(
            "DenyUnencryptedVolumes",
            actions=["ec2:CreateVolume", "ec2:RunInstances"],
            resources=["arn:*:ec2:*:*:volume/*"],
            conditions={"Bool": {"ec2:Encrypted": "false"}},
        ),
        _deny(
            "DenyUnencryptedDatabases",
            actions=["rds:CreateDBCluster", "rds:CreateDBInstance"],
            conditions={"Bool": {"rds:StorageEncrypted": "false"}},
        ),
        _deny(
            "DenyUnencryptedFileSystems",
            actions=["elasticfilesystem:CreateFileSystem"],
            conditions={"Bool": {"elasticfilesystem:Encrypted": "false"}},
        ),
    ]


def _require_imdsv2(_: Context) -> list[Statement]:
    return [
        _deny(
            "RequireImdsV2",
            actions=["ec2:RunInstances"],
            resources=["arn:*:ec2:*:*:instance/*"],
            conditions={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
        )
    ]


CATALOGUE: dict[str, Guardrail] = {
    guardrail.name: guardrail
    for guardrail in (
        Guardrail("deny-all", SCP, "any use, for suspended accounts", _deny_all),
        Guardrail("deny-leaving-organization", SCP, "leaving the organization", _deny_leaving),
        Guardrail("deny-root-user", SCP, "use of the accounts' root users", _deny_root),
        Guardrail(
            "restrict-regions",
            SCP,
            "use of regions that the stack does not name",
            _restrict_regions,
        ),
        Guardrail(
            "protect-security-services",
            SCP,
            "stopping CloudTrail, Config, GuardDuty, Security Hub and Access Analyzer",
            _protect_security,
        ),
        Guardrail(
            "protect-platform-roles", SCP, "changing the platform's own roles", _protect_platform
        ),
        Guardrail(
            "deny-unencrypted-storage",
            SCP,
            "unencrypted volumes, databases and file systems",
            _deny_unencrypted,
        ),
        Guardrail("require-imdsv2", SCP, "instances with IMDSv1", _require_imdsv2),
    )
}

"""Permissions of provisioning by role. Pure: values in, statements out.

The read role cannot write, the apply role cannot change who may apply, and builds that run the code
of a pull request can do neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import arn_of, iam_arn
from landfall.blueprint.statements import Statement, statement

READ_POLICY = "SecurityAudit"
"""AWS's policy for reading configuration; it reads no data and no secret."""

# Read actions of the AWS provider that SecurityAudit does not contain.
_READ_BESIDE = (
    "budgets:ListTagsForResource",
    "budgets:ViewBudget",
    "chatbot:DescribeSlackChannelConfigurations",
    "chatbot:GetMicrosoftTeamsChannelConfiguration",
    "chatbot:ListTagsForResource",
    "codebuild:BatchGetReportGroups",
    "codecommit:GetApprovalRuleTemplate",
    "codeconnections:GetConnection",
    "codeconnections:GetHost",
    "codeconnections:ListTagsForResource",
    "codepipeline:ListTagsForResource",
    "codestar-notifications:DescribeNotificationRule",
    "codestar-notifications:ListTagsForResource",
    "identitystore:DescribeGroup",
    "ce:GetAnomalyMonitors",
    "ce:GetAnomalySubscriptions",
    "ce:ListCostAllocationTags",
    "ce:ListTagsForResource",
    "bcm-data-exports:GetExport",
    "bcm-data-exports:ListTagsForResource",
    "oam:GetLink",
    "oam:GetSink",
    "oam:GetSinkPolicy",
    "oam:ListTagsForResource",
    "ram:ListResourceSharePermissions",
    "s3:ListTagsForResource",
    "servicequotas:GetAssociationForServiceQuotaTemplate",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:GetServiceQuotaIncreaseRequestFromTemplate",
    "scheduler:GetSchedule",
)
# Actions that create and change an organization. Deleting it, and removing an account, is left to
# users.
_ORGANIZE = (
    "organizations:AttachPolicy",
    "organizations:CreateAccount",
    "organizations:CreateOrganizationalUnit",
    "organizations:CreatePolicy",
    "organizations:DeleteOrganizationalUnit",
    "organizations:DeletePolicy",
    "organizations:DeleteResourcePolicy",
    "organizations:DeregisterDelegatedAdministrator",
    "organizations:DescribeAccount",
    "organizations:DescribeCreateAccountStatus",
    "organizations:DescribeOrganization",
    "organizations:DescribeOrganizationalUnit",
    "organizations:DescribePolicy",
    "organizations:DescribeResourcePolicy",
    "organizations:DetachPolicy",
    "organizations:DisableAWSServiceAccess",
    "organizations:DisablePolicyType",
    "organizations:EnableAWSServiceAccess",
    "organizations:EnablePolicyType",
    "organizations:ListAWSServiceAccessForOrganization",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListChildren",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListDelegatedServicesForAccount",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListParents",
    "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    "organizations:ListTargetsForPolicy",
    "organizations:MoveAccount",
    "organizations:PutResourcePolicy",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:TagResource",
    "organizations:UntagResource",
    "organizations:UpdateOrganizationalUnit",
    "organizations:UpdatePolicy",
)
_DELEGATE = (
    "cloudtrail:DeregisterOrganizationDelegatedAdmin",
    "cloudtrail:RegisterOrganizationDelegatedAdmin",
    "detective:DisableOrganizationAdminAccount",
    "detective:EnableOrganizationAdminAccount",
    "detective:ListOrganizationAdminAccounts",
    "fms:AssociateAdminAccount",
    "fms:DisassociateAdminAccount",
    "fms:GetAdminAccount",
    "guardduty:DisableOrganizationAdminAccount",
    "guardduty:EnableOrganizationAdminAccount",
    "guardduty:ListOrganizationAdminAccounts",
    "inspector2:DisableDelegatedAdminAccount",
    "inspector2:EnableDelegatedAdminAccount",
    "inspector2:ListDelegatedAdminAccounts",
    "macie2:DisableOrganizationAdminAccount",
    "macie2:EnableOrganizationAdminAccount",
    "macie2:ListOrganizationAdminAccounts",
    "securityhub:DisableOrganizationAdminAccount",
    "securityhub:EnableOrganizationAdminAccount",
    "securityhub:ListOrganizationAdminAccounts",
)
_KEEP_TRAIL = (
    "cloudtrail:AddTags",
    "cloudtrail:CreateTrail",
    "cloudtrail:DeleteTrail",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetInsightSelectors",
    "cloudtrail:GetTrail",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:ListTags",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:PutInsightSelectors",
    "cloudtrail:RemoveTags",
    "cloudtrail:StartLogging",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
)
# AWS does not enable these in the management account for an organization.
_KEEP_DETECTORS = (
    "guardduty:CreateDetector",
    "guardduty:DeleteDetector",
    "guardduty:GetDetector",
    "guardduty:TagResource",
    "guardduty:UntagResource",
    "guardduty:UpdateDetector",
    "macie2:DisableMacie",
    "macie2:EnableMacie",
    "macie2:GetMacieSession",
    "macie2:UpdateMacieSession",
    "securityhub:DescribeHub",
    "securityhub:DisableSecurityHub",
    "securityhub:EnableSecurityHub",
    "securityhub:UpdateSecurityHubConfiguration",
)
# Trusted access of these services creates their roles in the management account.
_KEPT_LINKED = (
    "access-analyzer",
    "cloudtrail",
    "config",
    "guardduty",
    "ram",
    "securityhub",
)
_LINKED = (*_KEPT_LINKED, "detective", "fms", "inspector2", "macie", "servicequotas")
_READ_IAM = (
    "iam:GetOpenIDConnectProvider",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListPolicyVersions",
    "iam:ListRolePolicies",
)
_WRITE_IAM = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
)
_LEAVE_TO_PEOPLE = (
    "organizations:DeleteOrganization",
    "organizations:LeaveOrganization",
    "organizations:RemoveAccountFromOrganization",
)


STATE_ALIASES = ["alias/landfall/secrets", "alias/landfall/state"]
"""The aliases of the keys that `landfall bootstrap` creates."""


@dataclass(frozen=True)
class State:
    """The state backend: its bucket, and all keys of its account and region."""

    bucket_arn: str
    keys_arn: str


def read_state(state: State) -> list[Statement]:
    """Return the statements for reading the state."""
    return [
        statement(
            "ReadState",
            actions=["s3:GetObject"],
            resources=[f"{state.bucket_arn}/*"],
        ),
        statement(
            "FindState",
            actions=["s3:GetBucketLocation", "s3:ListBucket"],
            resources=[state.bucket_arn],
        ),
        _keys("ReadWithKeys", ["kms:Decrypt", "kms:DescribeKey"], state),
    ]


def write_state(state: State) -> list[Statement]:
    """Return the further statements for writing the state."""
    return [
        statement(
            "WriteState",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=[f"{state.bucket_arn}/*"],
        ),
        _keys("WriteWithKeys", ["kms:Encrypt", "kms:GenerateDataKey"], state),
    ]


def _keys(sid: str, actions: Sequence[str], state: State) -> Statement:
    # The keys' ids are unknown here, and their aliases are permanent.
    return statement(
        sid,
        actions=actions,
        resources=[state.keys_arn],
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": STATE_ALIASES}},
    )


def act_in_accounts(partition: str, roles: Sequence[str], organization_id: str) -> Statement:
    """Return the statement for assuming roles in every account of the organization.

    New accounts need it before their ids are known.
    """
    return statement(
        "ActInAccounts",
        actions=["sts:AssumeRole"],
        resources=[iam_arn(partition, "*", f"role/{role}") for role in roles],
        conditions={"StringEquals": {"aws:ResourceOrgID": organization_id}},
    )


def read_beside() -> Statement:
    """Return the read role's statements in addition to AWS's policy."""
    return statement("ReadBeside", actions=_READ_BESIDE, resources=["*"])


def organize(*, close_accounts: bool) -> Statement:
    """Return the apply role's statements for Organizations."""
    closing = ["organizations:CloseAccount"] if close_accounts else []
    return statement("Organize", actions=[*_ORGANIZE, *closing], resources=["*"])


def secure(partition: str, account_id: str) -> list[Statement]:
    """Return the apply role's statements for the security services in the management account.

    They are delegated to another account; the organization's trail is here, and the management
    account's own detectors and hub.
    """
    return [
        statement("DelegateSecurity", actions=_DELEGATE, resources=["*"]),
        statement("KeepDetectors", actions=_KEEP_DETECTORS, resources=["*"]),
        # DescribeTrails does not support resource-level permissions.
        statement("FindTrails", actions=["cloudtrail:DescribeTrails"], resources=["*"]),
        statement(
            "KeepTrail",
            actions=_KEEP_TRAIL,
            resources=[arn_of(partition, "cloudtrail", "trail/*", region="*", account=account_id)],
        ),
        statement(
            "KeepLinkedRoles",
            actions=[
                "iam:DeleteServiceLinkedRole",
                "iam:GetRole",
                "iam:GetServiceLinkedRoleDeletionStatus",
            ],
            resources=[
                iam_arn(partition, account_id, f"role/aws-service-role/{each}.amazonaws.com/*")
                for each in _KEPT_LINKED
            ],
        ),
        statement(
            "LinkRoles",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[iam_arn(partition, account_id, "role/aws-service-role/*")],
            conditions={
                "StringEquals": {
                    "iam:AWSServiceName": [f"{each}.amazonaws.com" for each in _LINKED]
                }
            },
        ),
    ]


def read_own(own: Sequence[str]) -> Statement:
    """Return the statements for reading provisioning's own roles and policies."""
    return statement("ReadOwnRoles", actions=_READ_IAM, resources=own)


def never(own: Sequence[str]) -> list[Statement]:
    """Return the boundary's deny statements."""
    return [
        statement("OwnRolesStay", effect="Deny", actions=_WRITE_IAM, resources=own),
        statement("LeftToPeople", effect="Deny", actions=_LEAVE_TO_PEOPLE, resources=["*"]),
    ]

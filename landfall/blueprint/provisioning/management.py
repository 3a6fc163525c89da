"""Permissions of the apply role in the management account outside Organizations.

In member accounts it assumes the account role. Pure: values in, statements out. The role has all
of them, whatever the settings are: it cannot change itself, and the next change of the settings may
need them.
"""

from __future__ import annotations

from landfall.aws.arns import arn_of, iam_arn
from landfall.blueprint.provisioning import operations
from landfall.blueprint.statements import Statement, statement

# These actions do not support resource-level permissions.
_KEEP_ACCOUNT = (
    "access-analyzer:CreateAnalyzer",
    "access-analyzer:DeleteAnalyzer",
    "access-analyzer:GetAnalyzer",
    "access-analyzer:TagResource",
    "access-analyzer:UntagResource",
    "access-analyzer:UpdateAnalyzer",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:EnableEbsEncryptionByDefault",
    "ec2:EnableImageBlockPublicAccess",
    "ec2:EnableSnapshotBlockPublicAccess",
    "ec2:GetEbsDefaultKmsKeyId",
    "ec2:GetEbsEncryptionByDefault",
    "ec2:GetImageBlockPublicAccessState",
    "ec2:GetInstanceMetadataDefaults",
    "ec2:GetSnapshotBlockPublicAccessState",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ModifyInstanceMetadataDefaults",
    "ec2:ResetEbsDefaultKmsKeyId",
    "iam:CreateAccountAlias",
    "iam:DeleteAccountAlias",
    "iam:DeleteAccountPasswordPolicy",
    "iam:GetAccountPasswordPolicy",
    "iam:ListAccountAliases",
    "iam:UpdateAccountPasswordPolicy",
    "s3:GetAccountPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock",
)
_KEEP_CONTACTS = (
    "account:DeleteAlternateContact",
    "account:DisableRegion",
    "account:EnableRegion",
    "account:GetAlternateContact",
    "account:GetRegionOptStatus",
    "account:PutAccountName",
    "account:PutAlternateContact",
)
_KEEP_BUDGETS = (
    "budgets:ListTagsForResource",
    "budgets:ModifyBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
    "budgets:ViewBudget",
)
# These settings have no ARN.
_KEEP_BACKUPS = (
    "backup:DescribeGlobalSettings",
    "backup:DescribeRegionSettings",
    "backup:UpdateGlobalSettings",
    "backup:UpdateRegionSettings",
)
_RECORD = (
    "config:DeleteConfigurationRecorder",
    "config:DeleteDeliveryChannel",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StartConfigurationRecorder",
    "config:StopConfigurationRecorder",
)
_ROOT_ACCESS = (
    "iam:DisableOrganizationsRootCredentialsManagement",
    "iam:DisableOrganizationsRootSessions",
    "iam:EnableOrganizationsRootCredentialsManagement",
    "iam:EnableOrganizationsRootSessions",
    "iam:ListOrganizationsFeatures",
)
_LET_IN = (
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:CreatePermissionSet",
    "sso:DeleteAccountAssignment",
    "sso:DeleteInlinePolicyFromPermissionSet",
    "sso:DeletePermissionSet",
    "sso:DeletePermissionsBoundaryFromPermissionSet",
    "sso:DescribeAccountAssignmentCreationStatus",
    "sso:DescribeAccountAssignmentDeletionStatus",
    "sso:DescribePermissionSet",
    "sso:DescribePermissionSetProvisioningStatus",
    "sso:DetachCustomerManagedPolicyReferenceFromPermissionSet",
    "sso:DetachManagedPolicyFromPermissionSet",
    "sso:GetInlinePolicyForPermissionSet",
    "sso:GetPermissionsBoundaryForPermissionSet",
    "sso:ListAccountAssignments",
    "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
    "sso:ListManagedPoliciesInPermissionSet",
    "sso:ListTagsForResource",
    "sso:ProvisionPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:PutPermissionsBoundaryToPermissionSet",
    "sso:TagResource",
    "sso:UntagResource",
    "sso:UpdatePermissionSet",
)
_KEEP_GROUPS = (
    "identitystore:CreateGroup",
    "identitystore:DeleteGroup",
    "identitystore:DescribeGroup",
    "identitystore:UpdateGroup",
)

# Never granted through a wildcard.
_CLOSING = frozenset({"organizations:CloseAccount"})
_LINKED_ROLES = "KeepLinkedRoles"
# A slightly broader form in fewer characters, for the boundary.
_IN_SHORT = {
    **operations.IN_SHORT,
    "CentralRootAccess": ["iam:*Organizations*"],
    "KeepAccount": [
        "access-analyzer:*Analyzer",
        "access-analyzer:*agResource",
        "ec2:*BlockPublicAccess*",
        "ec2:*EbsDefaultKmsKeyId",
        "ec2:*EbsEncryptionByDefault",
        "ec2:*InstanceMetadataDefaults",
        "iam:*AccountAlias*",
        "iam:*AccountPasswordPolicy",
        "s3:*AccountPublicAccessBlock",
    ],
    "KeepBackups": ["backup:*Settings"],
    "KeepBudgets": ["budgets:*Budget", "budgets:*Resource"],
    "KeepContacts": ["account:*AlternateContact", "account:*Region*", "account:PutAccountName"],
    "DelegateSecurity": [
        "cloudtrail:*OrganizationDelegatedAdmin",
        "detective:*OrganizationAdminAccount*",
        "fms:*AdminAccount",
        "guardduty:*OrganizationAdminAccount*",
        "inspector2:*DelegatedAdminAccount*",
        "macie2:*OrganizationAdminAccount*",
        "securityhub:*OrganizationAdminAccount*",
    ],
    "KeepDetectors": [
        "guardduty:*Detector",
        "guardduty:*agResource",
        "macie2:*Macie*",
        "securityhub:*Hub*",
    ],
    "KeepGroups": ["identitystore:*Group"],
    "Organize": [
        "organizations:*AWSServiceAccess",
        "organizations:*DelegatedAdministrator",
        "organizations:*OrganizationalUnit",
        "organizations:*Policy",
        "organizations:*agResource",
        "organizations:CreateAccount",
        "organizations:Describe*",
        "organizations:*PolicyType",
        "organizations:List*",
        "organizations:MoveAccount",
    ],
    "LetIn": ["sso:*PermissionSet*", "sso:*AccountAssignment*", "sso:*Resource"],
    "KeepTrail": [
        "cloudtrail:*Logging",
        "cloudtrail:*Selectors",
        "cloudtrail:*Tags",
        "cloudtrail:*Trail*",
    ],
    "Record": ["config:*ConfigurationRecorder*", "config:*DeliveryChannel*"],
}


def in_short(statements: list[Statement]) -> list[Statement]:
    """Return statements that allow the same in fewer characters.

    A boundary is a managed policy, with at most 6,144 characters. The role's own policy
    does not allow what a boundary allows in addition.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return merged([_in_short(each) for each in statements])


def merged(statements: list[Statement]) -> list[Statement]:
    """Return the same statements, those about all resources as one: that is shorter.

    The managed policies of a role have at most 6,144 characters each.
    """
    anywhere = [each for each in statements if _is_about_all(each)]
    actions = [action for each in anywhere for action in each["Action"]]
    return [
        statement("Anywhere", actions=actions, resources=["*"]),
        *(each for each in statements if not _is_about_all(each)),
    ]


def _is_about_all(each: Statement) -> bool:
    return each["Resource"] == ["*"] and "Condition" not in each


def _in_short(full: Statement) -> Statement:
    sid = full["Sid"]
    if sid == _LINKED_ROLES:
        # One pattern for the roles of every service.
        path = full["Resource"][0].partition("/aws-service-role/")[0]
        return {**full, "Resource": [f"{path}/aws-service-role/*"]}
    if sid in _IN_SHORT:
        return {**full, "Action": [*_IN_SHORT[sid], *(_CLOSING & {*full["Action"]})]}
    return full


def keep_accounts(partition: str, account_id: str) -> list[Statement]:
    """Return the statements for the management account's baseline and backup settings, and for
    contacts and budgets of all accounts.
    """
    return [
        statement("KeepAccount", actions=_KEEP_ACCOUNT, resources=["*"]),
        statement("KeepBackups", actions=_KEEP_BACKUPS, resources=["*"]),
        statement(
            "KeepContacts",
            actions=_KEEP_CONTACTS,
            resources=[arn_of(partition, "account", "account*", account=account_id)],
        ),
        statement(
            "KeepBudgets",
            actions=_KEEP_BUDGETS,
            resources=[arn_of(partition, "budgets", "budget/*", account=account_id)],
        ),
    ]


def record(partition: str, account_id: str) -> list[Statement]:
    """Return the statements for AWS Config in the management account.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsconfig.html
    """
    service = "config.amazonaws.com"
    role = iam_arn(
        partition, account_id, f"role/aws-service-role/{service}/AWSServiceRoleForConfig"
    )
    return [
        statement("Record", actions=_RECORD, resources=["*"]),
        statement(
            "PassRecorder",
            actions=["iam:PassRole"],
            resources=[role],
            conditions={"StringEquals": {"iam:PassedToService": service}},
        ),
    ]


def manage_root_access() -> Statement:
    """Return the statement for central root access.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
    """
    return statement("CentralRootAccess", actions=_ROOT_ACCESS, resources=["*"])


def let_people_in(partition: str, account_id: str) -> list[Statement]:
    """Return the statements for IAM Identity Center: permission sets, groups, assignments."""
    return [
        statement(
            "LetIn",
            actions=_LET_IN,
            resources=[
                arn_of(partition, "sso", "account/*"),
                arn_of(partition, "sso", "instance/*"),
                arn_of(partition, "sso", "permissionSet/*"),
            ],
        ),
        statement(
            "KeepGroups",
            actions=_KEEP_GROUPS,
            resources=[
                arn_of(partition, "identitystore", "group/*"),
                arn_of(partition, "identitystore", "identitystore/*", account=account_id),
            ],
        ),
    ]

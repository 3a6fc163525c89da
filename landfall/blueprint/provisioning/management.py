"""What applying takes for what the stack keeps in the management account beside the organization.

In member accounts it acts as the account's own role. Pure: values in, statements out. To stop what
watches, and to close an account's doors again, is left to people: the statements only turn on.
"""

from __future__ import annotations

from landfall.aws.arns import arn_of
from landfall.blueprint.statements import Statement, statement

# None of these knows a resource smaller than the account.
_KEEP_ACCOUNT = (
    "access-analyzer:CreateAnalyzer",
    "access-analyzer:GetAnalyzer",
    "ec2:EnableEbsEncryptionByDefault",
    "ec2:EnableImageBlockPublicAccess",
    "ec2:EnableSnapshotBlockPublicAccess",
    "ec2:GetEbsEncryptionByDefault",
    "ec2:GetImageBlockPublicAccessState",
    "ec2:GetInstanceMetadataDefaults",
    "ec2:GetSnapshotBlockPublicAccessState",
    "ec2:ModifyInstanceMetadataDefaults",
    "iam:GetAccountPasswordPolicy",
    "iam:UpdateAccountPasswordPolicy",
    "s3:GetAccountPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock",
)
_KEEP_CONTACTS = (
    "account:DeleteAlternateContact",
    "account:GetAlternateContact",
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
_RECORD = (
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StartConfigurationRecorder",
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

# What no pattern may take along.
_CLOSING = frozenset({"organizations:CloseAccount"})
# The same and a little more in fewer characters, for the boundary.
_IN_SHORT = {
    "KeepBudgets": ["budgets:*Budget", "budgets:*Resource"],
    "KeepContacts": ["account:*AlternateContact", "account:PutAccountName"],
    "KeepGroups": ["identitystore:*Group"],
    "Organize": [
        "organizations:*AWSServiceAccess",
        "organizations:*DelegatedAdministrator",
        "organizations:*OrganizationalUnit",
        "organizations:*Policy",
        "organizations:*agResource",
        "organizations:CreateAccount",
        "organizations:Describe*",
        "organizations:EnablePolicyType",
        "organizations:List*",
        "organizations:MoveAccount",
    ],
    "LetIn": ["sso:*PermissionSet*", "sso:*AccountAssignment*", "sso:*Resource"],
    "Record": ["config:*ConfigurationRecorder*", "config:*DeliveryChannel*"],
}


def in_short(statements: list[Statement]) -> list[Statement]:
    """Return statements that allow the same in fewer characters.

    A managed policy, as a boundary is, has room for 6,144 characters; what a boundary allows
    beside, the role's own policy does not.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return [
        {**each, "Action": [*_IN_SHORT[each["Sid"]], *(_CLOSING & {*each["Action"]})]}
        if each["Sid"] in _IN_SHORT
        else each
        for each in statements
    ]


def keep_accounts(partition: str, account_id: str) -> list[Statement]:
    """Return what the management account's own baseline takes, and all accounts' contacts and
    budgets, which stand there.
    """
    return [
        statement("KeepAccount", actions=_KEEP_ACCOUNT, resources=["*"]),
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


def record() -> Statement:
    """Return what AWS Config takes there."""
    return statement("Record", actions=_RECORD, resources=["*"])


def let_people_in(partition: str, account_id: str) -> list[Statement]:
    """Return what IAM Identity Center takes: permission sets, groups, and who has which where."""
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

"""The actions that make and keep each kind of resource, as the AWS provider calls them.

They are a property of the provider, not of the stack.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from landfall.blueprint.stack.placed import Kind
from landfall.guardrails.platform import delivery_calls, operations_calls, security_calls
from landfall.guardrails.platform.kinds import Calls

ROLES = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:PassRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
POLICIES = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListPolicyVersions",
    "iam:TagPolicy",
)
KEYS = (
    "kms:CreateAlias",
    "kms:CreateKey",
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:TagResource",
)
BUCKETS = (
    "s3:CreateBucket",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListTagsForResource",
    "s3:PutBucketLogging",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
)
LOCK = ("s3:GetBucketObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration")
TOPICS = (
    "sns:CreateTopic",
    "sns:GetTopicAttributes",
    "sns:ListTagsForResource",
    "sns:SetTopicAttributes",
    "sns:TagResource",
)
SUBSCRIPTIONS = ("sns:GetSubscriptionAttributes", "sns:Subscribe")

PASSWORDS = ("iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy")
ALL_BUCKETS = ("s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock")
VOLUMES = ("ec2:EnableEbsEncryptionByDefault", "ec2:GetEbsEncryptionByDefault")
VOLUME_KEYS = ("ec2:GetEbsDefaultKmsKeyId", "ec2:ModifyEbsDefaultKmsKeyId")
SNAPSHOTS = ("ec2:EnableSnapshotBlockPublicAccess", "ec2:GetSnapshotBlockPublicAccessState")
MACHINE_IMAGES = ("ec2:EnableImageBlockPublicAccess", "ec2:GetImageBlockPublicAccessState")
INSTANCE_METADATA = ("ec2:GetInstanceMetadataDefaults", "ec2:ModifyInstanceMetadataDefaults")
ANALYZERS = (
    "access-analyzer:CreateAnalyzer",
    "access-analyzer:GetAnalyzer",
    "access-analyzer:ListTagsForResource",
    "access-analyzer:TagResource",
    "iam:CreateServiceLinkedRole",
)

OIDC_PROVIDERS = Calls(
    "iam::{account}:oidc-provider/{name}",
    (
        "iam:CreateOpenIDConnectProvider",
        "iam:DeleteOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint",
    ),
)

ALIASES = Calls("*", ("iam:CreateAccountAlias", "iam:DeleteAccountAlias", "iam:ListAccountAliases"))

SAML_PROVIDERS = Calls(
    "iam::{account}:saml-provider/{name}",
    (
        "iam:CreateSAMLProvider",
        "iam:DeleteSAMLProvider",
        "iam:GetSAMLProvider",
        "iam:TagSAMLProvider",
        "iam:UpdateSAMLProvider",
    ),
)
INSTANCE_PROFILES = Calls(
    "iam::{account}:instance-profile/landfall/{name}",
    (
        "iam:AddRoleToInstanceProfile",
        "iam:CreateInstanceProfile",
        "iam:DeleteInstanceProfile",
        "iam:GetInstanceProfile",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile",
    ),
)

BY_KIND: dict[Kind, Calls] = {
    "account-alias": ALIASES,
    "instance-profile": INSTANCE_PROFILES,
    "saml-provider": SAML_PROVIDERS,
    "oidc-provider": OIDC_PROVIDERS,
    **delivery_calls.BY_KIND,
    **operations_calls.BY_KIND,
    **security_calls.BY_KIND,
}
"""What it takes to make each kind of resource that has a name and no policy."""

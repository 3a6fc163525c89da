"""The actions with which the platform provisions accounts and deploys to them, by what for."""

from __future__ import annotations

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
BOUNDARIES = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:ListPolicyVersions",
    "iam:TagPolicy",
)
OIDC_PROVIDERS = (
    "iam:CreateOpenIDConnectProvider",
    "iam:DeleteOpenIDConnectProvider",
    "iam:GetOpenIDConnectProvider",
    "iam:TagOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
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
PIPELINES = {
    "cloudwatch": (
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetDashboard",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
    ),
    "codepipeline": (
        "codepipeline:CreatePipeline",
        "codepipeline:GetPipeline",
        "codepipeline:ListTagsForResource",
        "codepipeline:TagResource",
        "codepipeline:UpdatePipeline",
    ),
    "codebuild": (
        "codebuild:BatchGetProjects",
        "codebuild:BatchGetReportGroups",
        "codebuild:CreateProject",
        "codebuild:CreateReportGroup",
        "codebuild:UpdateProject",
        "codebuild:UpdateReportGroup",
    ),
    "logs": (
        "logs:CreateLogGroup",
        "logs:DescribeLogGroups",
        "logs:ListTagsForResource",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
    ),
    "events": (
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:TagResource",
    ),
    "sns": (
        "sns:CreateTopic",
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListTagsForResource",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
    ),
    "codecommit": (
        "codecommit:CreateRepository",
        "codecommit:GetRepository",
        "codecommit:ListTagsForResource",
        "codecommit:TagResource",
    ),
    "codeconnections": (
        "codeconnections:CreateConnection",
        "codeconnections:CreateHost",
        "codeconnections:GetConnection",
        "codeconnections:GetHost",
        "codeconnections:ListTagsForResource",
        "codeconnections:TagResource",
    ),
}
RESOURCES = {
    "pipeline": PIPELINES["codepipeline"],
    "project": PIPELINES["codebuild"],
    "log-group": PIPELINES["logs"],
    "rule": PIPELINES["events"],
    "topic": PIPELINES["sns"],
}
REVIEWS = (
    "codecommit:AssociateApprovalRuleTemplateWithRepository",
    "codecommit:CreateApprovalRuleTemplate",
    "codecommit:GetApprovalRuleTemplate",
    "codecommit:ListAssociatedApprovalRuleTemplatesForRepository",
    "codecommit:ListRepositoriesForApprovalRuleTemplate",
    "codecommit:UpdateApprovalRuleTemplateContent",
    "codecommit:UpdateApprovalRuleTemplateDescription",
)
IMAGES = (
    "ecr:CreateRepository",
    "ecr:DescribeRepositories",
    "ecr:GetRepositoryPolicy",
    "ecr:ListTagsForResource",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
    "ecr:SetRepositoryPolicy",
    "ecr:TagResource",
)
DEPLOYMENT_GROUPS = (
    "codedeploy:CreateApplication",
    "codedeploy:CreateDeploymentConfig",
    "codedeploy:CreateDeploymentGroup",
    "codedeploy:GetApplication",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:GetDeploymentGroup",
    "codedeploy:ListTagsForResource",
    "codedeploy:TagResource",
    "codedeploy:UpdateDeploymentGroup",
)
ALARMS = (
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListTagsForResource",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:TagResource",
)

SECRETS = (
    "secretsmanager:CreateSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:RotateSecret",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
)
TRACING = (
    "xray:CreateGroup",
    "xray:CreateSamplingRule",
    "xray:GetEncryptionConfig",
    "xray:GetGroup",
    "xray:GetSamplingRules",
    "xray:ListTagsForResource",
    "xray:PutEncryptionConfig",
    "xray:TagResource",
    "xray:UpdateGroup",
    "xray:UpdateSamplingRule",
)

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

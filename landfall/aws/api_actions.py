"""IAM actions of API operations whose names differ.

Most operations need the action of the same name: `codepipeline:CreatePipeline`. Sources: AWS,
'Service Authorization Reference'; S3 User Guide, 'Required permissions for Amazon S3 API
operations'; Budgets: 'Managing access permissions'; as of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PREFIXES: Final[Mapping[str, str]] = {
    "accessanalyzer": "access-analyzer",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
}
"""Prefixes of actions by botocore's name of the service, where they differ."""

_BUDGETS: Final = {
    **dict.fromkeys(
        (
            "CreateBudget",
            "CreateNotification",
            "CreateSubscriber",
            "DeleteBudget",
            "DeleteNotification",
            "DeleteSubscriber",
            "UpdateBudget",
            "UpdateNotification",
            "UpdateSubscriber",
        ),
        ("budgets:ModifyBudget",),
    ),
    **dict.fromkeys(
        (
            "DescribeBudget",
            "DescribeBudgetNotificationsForAccount",
            "DescribeBudgetPerformanceHistory",
            "DescribeBudgets",
            "DescribeNotificationsForBudget",
            "DescribeSubscribersForNotification",
        ),
        ("budgets:ViewBudget",),
    ),
}

_S3: Final = {
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:PutObject",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "DeleteBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "DeleteBucketCors": ("s3:PutBucketCORS",),
    "DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "DeleteBucketIntelligentTieringConfiguration": ("s3:PutIntelligentTieringConfiguration",),
    "DeleteBucketInventoryConfiguration": ("s3:PutInventoryConfiguration",),
    "DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "DeleteBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "DeleteBucketTagging": ("s3:PutBucketTagging",),
    "DeleteObjects": ("s3:DeleteObject",),
    "DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "GetBucketAnalyticsConfiguration": ("s3:GetAnalyticsConfiguration",),
    "GetBucketCors": ("s3:GetBucketCORS",),
    "GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "GetBucketIntelligentTieringConfiguration": ("s3:GetIntelligentTieringConfiguration",),
    "GetBucketInventoryConfiguration": ("s3:GetInventoryConfiguration",),
    "GetBucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "GetBucketMetricsConfiguration": ("s3:GetMetricsConfiguration",),
    "GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "HeadBucket": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject",),
    "ListBucketAnalyticsConfigurations": ("s3:GetAnalyticsConfiguration",),
    "ListBucketIntelligentTieringConfigurations": ("s3:GetIntelligentTieringConfiguration",),
    "ListBucketInventoryConfigurations": ("s3:GetInventoryConfiguration",),
    "ListBucketMetricsConfigurations": ("s3:GetMetricsConfiguration",),
    "ListBuckets": ("s3:ListAllMyBuckets",),
    "ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
    "ListObjects": ("s3:ListBucket",),
    "ListObjectsV2": ("s3:ListBucket",),
    "ListParts": ("s3:ListMultipartUploadParts",),
    "PutBucketAccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
    "PutBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "PutBucketCors": ("s3:PutBucketCORS",),
    "PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "PutBucketIntelligentTieringConfiguration": ("s3:PutIntelligentTieringConfiguration",),
    "PutBucketInventoryConfiguration": ("s3:PutInventoryConfiguration",),
    "PutBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "PutBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "SelectObjectContent": ("s3:GetObject",),
    "UploadPart": ("s3:PutObject",),
    "UploadPartCopy": ("s3:PutObject",),
}

ACTIONS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "budgets": _BUDGETS,
    "lambda": {
        "Invoke": ("lambda:InvokeFunction",),
        "InvokeWithResponseStream": ("lambda:InvokeFunction",),
    },
    "s3": _S3,
    "s3control": {
        "DeletePublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
        "GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
        "PutPublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    },
    "sns": {"PublishBatch": ("sns:Publish",)},
    "sqs": {
        "ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
        "DeleteMessageBatch": ("sqs:DeleteMessage",),
        "SendMessageBatch": ("sqs:SendMessage",),
    },
}
"""The actions of an operation, by botocore's name of its service, where the name differs."""

VERSIONED: Final[Mapping[str, str]] = {
    "DeleteObject": "s3:DeleteObjectVersion",
    "DeleteObjectTagging": "s3:DeleteObjectVersionTagging",
    "GetObject": "s3:GetObjectVersion",
    "GetObjectAcl": "s3:GetObjectVersionAcl",
    "GetObjectAttributes": "s3:GetObjectVersionAttributes",
    "GetObjectTagging": "s3:GetObjectVersionTagging",
    "HeadObject": "s3:GetObjectVersion",
    "PutObjectAcl": "s3:PutObjectVersionAcl",
    "PutObjectTagging": "s3:PutObjectVersionTagging",
}
"""The actions of S3's operations on one version of an object."""

TAGGING: Final[Mapping[tuple[str, str], str]] = {
    ("codecommit", "CreateRepository"): "codecommit:TagResource",
    ("ecr", "CreateRepository"): "ecr:TagResource",
    **{
        ("ecs", operation): "ecs:TagResource"
        for operation in (
            "CreateCapacityProvider",
            "CreateCluster",
            "CreateService",
            "CreateTaskSet",
            "RegisterContainerInstance",
            "RegisterTaskDefinition",
            "RunTask",
            "StartTask",
        )
    },
    ("events", "PutRule"): "events:TagResource",
    ("iam", "CreateOpenIDConnectProvider"): "iam:TagOpenIDConnectProvider",
    ("iam", "CreatePolicy"): "iam:TagPolicy",
    ("iam", "CreateRole"): "iam:TagRole",
    ("iam", "CreateUser"): "iam:TagUser",
    ("kms", "CreateKey"): "kms:TagResource",
    ("lambda", "CreateFunction"): "lambda:TagResource",
    ("organizations", "CreateAccount"): "organizations:TagResource",
    ("organizations", "CreateOrganizationalUnit"): "organizations:TagResource",
    ("organizations", "CreatePolicy"): "organizations:TagResource",
    ("secretsmanager", "CreateSecret"): "secretsmanager:TagResource",
    ("sns", "CreateTopic"): "sns:TagResource",
    ("sts", "AssumeRole"): "sts:TagSession",
}
"""Actions that an operation needs in addition if it sets tags: each operation's API reference.

Of ECS: Developer Guide, 'Grant permission to tag resources on creation'.
"""

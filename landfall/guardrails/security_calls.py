"""The actions with which the platform sets the security services up, by service."""

from __future__ import annotations

RECORDING_ROLES = (
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:GetRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
)
RECORDING = (
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StartConfigurationRecorder",
)
CONFORMANCE = (
    "config:DescribeConfigurationAggregators",
    "config:DescribeOrganizationConformancePackStatuses",
    "config:DescribeOrganizationConformancePacks",
    "config:GetOrganizationConformancePackDetailedStatus",
    "config:ListTagsForResource",
    "config:PutConfigurationAggregator",
    "config:PutOrganizationConformancePack",
    "config:TagResource",
)
LOCK = ("s3:GetBucketObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration")
DETECTORS = (
    "guardduty:CreateDetector",
    "guardduty:DescribeOrganizationConfiguration",
    "guardduty:GetDetector",
    "guardduty:TagResource",
    "guardduty:UpdateDetector",
    "guardduty:UpdateOrganizationConfiguration",
)
HUB = (
    "securityhub:CreateConfigurationPolicy",
    "securityhub:CreateFindingAggregator",
    "securityhub:DescribeHub",
    "securityhub:DescribeOrganizationConfiguration",
    "securityhub:EnableSecurityHub",
    "securityhub:GetConfigurationPolicy",
    "securityhub:GetConfigurationPolicyAssociation",
    "securityhub:GetFindingAggregator",
    "securityhub:StartConfigurationPolicyAssociation",
    "securityhub:UpdateConfigurationPolicy",
    "securityhub:UpdateFindingAggregator",
    "securityhub:UpdateOrganizationConfiguration",
    "securityhub:UpdateSecurityHubConfiguration",
)
ANALYZERS = (
    "access-analyzer:CreateAnalyzer",
    "access-analyzer:GetAnalyzer",
    "access-analyzer:TagResource",
    "access-analyzer:UpdateAnalyzer",
)
EVENTS = (
    "events:DescribeRule",
    "events:ListTagsForResource",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:TagResource",
)
TOPICS = (
    "sns:CreateTopic",
    "sns:GetSubscriptionAttributes",
    "sns:GetTopicAttributes",
    "sns:ListTagsForResource",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
    "sns:TagResource",
)

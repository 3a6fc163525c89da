"""Permissions of the apply role for monitoring, sharing, quotas and costs. Pure."""

from __future__ import annotations

from landfall.aws.arns import bucket_arn
from landfall.blueprint.costs import EXPORT
from landfall.blueprint.statements import Statement, statement

# What the management account shares with the monitoring account; a link needs the permission of
# each service.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account-Setup.html
_LINK = (
    "application-signals:Link",
    "applicationinsights:Link",
    "cloudwatch:Link",
    "internetmonitor:Link",
    "logs:Link",
    "oam:CreateLink",
    "oam:DeleteLink",
    "oam:GetLink",
    "oam:ListTagsForResource",
    "oam:TagResource",
    "oam:UntagResource",
    "oam:UpdateLink",
    "xray:Link",
)
_REQUEST_QUOTAS = (
    "servicequotas:AssociateServiceQuotaTemplate",
    "servicequotas:DeleteServiceQuotaIncreaseRequestFromTemplate",
    "servicequotas:DisassociateServiceQuotaTemplate",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetAssociationForServiceQuotaTemplate",
    "servicequotas:GetRequestedServiceQuotaChange",
    "servicequotas:GetServiceQuota",
    "servicequotas:GetServiceQuotaIncreaseRequestFromTemplate",
    "servicequotas:PutServiceQuotaIncreaseRequestIntoTemplate",
    "servicequotas:RequestServiceQuotaIncrease",
)
# An export of this table needs the permission of a report, too.
# https://docs.aws.amazon.com/cur/latest/userguide/bcm-data-exports-access.html
_COSTS = (
    "bcm-data-exports:CreateExport",
    "bcm-data-exports:DeleteExport",
    "bcm-data-exports:GetExport",
    "bcm-data-exports:ListTagsForResource",
    "bcm-data-exports:TagResource",
    "bcm-data-exports:UntagResource",
    "bcm-data-exports:UpdateExport",
    "ce:CreateAnomalyMonitor",
    "ce:CreateAnomalySubscription",
    "ce:DeleteAnomalyMonitor",
    "ce:DeleteAnomalySubscription",
    "ce:GetAnomalyMonitors",
    "ce:GetAnomalySubscriptions",
    "ce:ListCostAllocationTags",
    "ce:ListTagsForResource",
    "ce:TagResource",
    "ce:UntagResource",
    "ce:UpdateAnomalyMonitor",
    "ce:UpdateAnomalySubscription",
    "ce:UpdateCostAllocationTagsStatus",
    "cur:PutReportDefinition",
)
_COST_BUCKETS = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetAccelerateConfiguration",
    "s3:GetBucket*",
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
    "s3:UntagResource",
)
_SHARE = ("ram:EnableSharingWithAwsOrganization",)
IN_SHORT = {
    "KeepCostBuckets": ["s3:*"],
    "KeepCosts": [
        "bcm-data-exports:*Export",
        "bcm-data-exports:*Resource",
        "ce:*Anomaly*",
        "ce:*CostAllocationTags*",
        "ce:*Resource",
        "cur:PutReportDefinition",
    ],
    "RequestQuotas": ["servicequotas:*ServiceQuota*"],
    "LinkTelemetry": [
        "application-signals:Link",
        "applicationinsights:Link",
        "cloudwatch:Link",
        "internetmonitor:Link",
        "logs:Link",
        "oam:*Link",
        "oam:*Resource",
        "xray:Link",
    ],
}
"""A slightly broader form in fewer characters, for the boundary, by statement."""


def operate(partition: str) -> list[Statement]:
    """Return the statements for monitoring, sharing, quotas and costs."""
    return [
        statement("RequestQuotas", actions=_REQUEST_QUOTAS, resources=["*"]),
        statement("KeepCosts", actions=_COSTS, resources=["*"]),
        statement(
            "KeepCostBuckets",
            actions=_COST_BUCKETS,
            resources=[bucket_arn(partition, f"{EXPORT}-*")],
        ),
        statement("LinkTelemetry", actions=_LINK, resources=["*"]),
        statement("ShareResources", actions=_SHARE, resources=["*"]),
    ]

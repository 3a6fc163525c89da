"""The actions that set monitoring and sharing between accounts up, by kind of resource."""

from __future__ import annotations

from landfall.blueprint.stack.placed import Kind
from landfall.guardrails.platform.kinds import Calls

BY_KIND: dict[Kind, Calls] = {
    # A link also needs the permission of each service whose data it shares.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account-Setup.html
    "monitoring-link": Calls(
        "*",
        (
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
            "oam:UpdateLink",
            "xray:Link",
        ),
    ),
    "monitoring-sink": Calls(
        "oam:{region}:{account}:sink/*",
        (
            "oam:CreateSink",
            "oam:DeleteSink",
            "oam:GetSink",
            "oam:GetSinkPolicy",
            "oam:ListTagsForResource",
            "oam:PutSinkPolicy",
            "oam:TagResource",
        ),
    ),
    "service-quota": Calls(
        "*",
        (
            "servicequotas:GetAWSDefaultServiceQuota",
            "servicequotas:GetRequestedServiceQuotaChange",
            "servicequotas:GetServiceQuota",
            "servicequotas:RequestServiceQuotaIncrease",
        ),
    ),
    "resource-share": Calls(
        "ram:{region}:{account}:resource-share/*",
        (
            "ram:AssociateResourceShare",
            "ram:CreateResourceShare",
            "ram:DeleteResourceShare",
            "ram:DisassociateResourceShare",
            "ram:GetResourceShareAssociations",
            "ram:GetResourceShares",
            "ram:ListResourceSharePermissions",
            "ram:TagResource",
            "ram:UpdateResourceShare",
        ),
    ),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
    "session-preferences": Calls(
        "ssm:{region}:{account}:document/{name}",
        (
            "ssm:AddTagsToResource",
            "ssm:CreateDocument",
            "ssm:DeleteDocument",
            "ssm:DescribeDocument",
            "ssm:DescribeDocumentPermission",
            "ssm:GetDocument",
            "ssm:ListTagsForResource",
            "ssm:UpdateDocument",
            "ssm:UpdateDocumentDefaultVersion",
        ),
    ),
    "vpc-endpoint": Calls(
        "ec2:{region}:{account}:vpc-endpoint/*",
        (
            "ec2:CreateTags",
            "ec2:CreateVpcEndpoint",
            "ec2:DeleteVpcEndpoints",
            "ec2:ModifyVpcEndpoint",
        ),
    ),
}
"""What it takes to make each kind of resource of monitoring, sharing and sessions."""

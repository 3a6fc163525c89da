"""The actions that set the security services and backups up, by kind of resource."""

from __future__ import annotations

from landfall.blueprint.stack.placed import Kind
from landfall.guardrails.platform.kinds import Calls

_RECORDING_ROLES = (
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:GetRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
    "iam:PassRole",
)
_RECORDING = (
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "config:PutConfigurationRecorder",
    "config:PutDeliveryChannel",
    "config:StartConfigurationRecorder",
)
_DETECTORS = (
    "guardduty:CreateDetector",
    "guardduty:DescribeOrganizationConfiguration",
    "guardduty:GetDetector",
    "guardduty:GetMemberDetectors",
    "guardduty:TagResource",
    "guardduty:UpdateDetector",
    "guardduty:UpdateMemberDetectors",
    "guardduty:UpdateOrganizationConfiguration",
)
_HUB = (
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
_MACIE = (
    "macie2:CreateMember",
    "macie2:DeleteMember",
    "macie2:DisassociateMember",
    "macie2:EnableMacie",
    "macie2:GetMacieSession",
    "macie2:GetMember",
    "macie2:TagResource",
    "macie2:UpdateMacieSession",
)
_INSPECTOR = (
    "inspector2:AssociateMember",
    "inspector2:BatchGetAccountStatus",
    "inspector2:Disable",
    "inspector2:DisassociateMember",
    "inspector2:Enable",
    "inspector2:GetMember",
)
_GRAPH = (
    "detective:CreateGraph",
    "detective:CreateMembers",
    "detective:DeleteMembers",
    "detective:GetMembers",
    "detective:ListGraphs",
    "detective:ListTagsForResource",
    "detective:TagResource",
)
_ANALYZERS = (
    "access-analyzer:CreateAnalyzer",
    "access-analyzer:GetAnalyzer",
    "access-analyzer:TagResource",
    "access-analyzer:UpdateAnalyzer",
)
_BACKUP_SETTINGS = ("backup:DescribeRegionSettings", "backup:UpdateRegionSettings")
_VAULTS = (
    "backup-storage:MountCapsule",
    "backup:CreateBackupVault",
    "backup:DescribeBackupVault",
    "backup:ListTags",
    "backup:TagResource",
)

BY_KIND: dict[Kind, Calls] = {
    "analyzer": Calls("access-analyzer:{region}:{account}:analyzer/{name}", _ANALYZERS),
    "backup-settings": Calls("*", _BACKUP_SETTINGS),
    "backup-vault": Calls("backup:{region}:{account}:backup-vault:{name}", _VAULTS),
    "config-aggregator": Calls(
        "config:{region}:{account}:config-aggregator/*",
        (
            "config:DescribeConfigurationAggregators",
            "config:ListTagsForResource",
            "config:PutConfigurationAggregator",
            "config:TagResource",
        ),
    ),
    "config-recorder": Calls(
        "config:{region}:{account}:configuration-recorder/{name}/*", _RECORDING
    ),
    "config-role": Calls(
        "iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        _RECORDING_ROLES,
    ),
    "conformance-pack": Calls(
        "config:{region}:{account}:organization-conformance-pack/{name}-*",
        (
            "config:DescribeOrganizationConformancePackStatuses",
            "config:DescribeOrganizationConformancePacks",
            "config:GetOrganizationConformancePackDetailedStatus",
            "config:PutOrganizationConformancePack",
        ),
    ),
    "detective-graph": Calls("detective:{region}:{account}:graph:*", _GRAPH),
    "detector": Calls("guardduty:{region}:{account}:detector/*", _DETECTORS),
    "inspector": Calls("*", _INSPECTOR),
    "macie": Calls("*", _MACIE),
    "metric-filter": Calls(
        "logs:{region}:{account}:log-group:{name}",
        ("logs:DeleteMetricFilter", "logs:DescribeMetricFilters", "logs:PutMetricFilter"),
    ),
    "security-hub": Calls("securityhub:{region}:{account}:hub/default", _HUB),
}
"""What it takes to make each kind of resource of a security service."""

"""Read one resource of a security service in full, without times that change by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Open = Callable[[str], Any]
Found = Mapping[str, Any]

_SELF_MANAGED: Final = "SELF_MANAGED_SECURITY_HUB"


def _only(found: Found, *keys: str) -> dict[str, Any]:
    return {key: found[key] for key in keys if found.get(key) not in (None, "")}


def detector(client: Open, id: str) -> Found:
    """GuardDuty API Reference, GetDetector."""
    found = client("guardduty").get_detector(DetectorId=id)
    return {
        "id": id,
        **_only(found, "Status", "FindingPublishingFrequency", "Tags"),
        "DataSources": {
            "S3Logs": _status(found, "S3Logs"),
            "AuditLogs": _status(found, "Kubernetes", "AuditLogs"),
        },
        "Features": [_feature(each) for each in found.get("Features", [])],
    }


def _status(found: Found, *keys: str) -> str:
    value: Any = found.get("DataSources", {})
    for key in keys:
        value = value.get(key, {})
    return str(value.get("Status", "DISABLED"))


def _feature(found: Found) -> dict[str, Any]:
    more = [_only(each, "Name", "Status") for each in found.get("AdditionalConfiguration", [])]
    return {**_only(found, "Name", "Status"), "AdditionalConfiguration": more}


def guardduty_organization(client: Open, id: str) -> Found:
    """GuardDuty API Reference, DescribeOrganizationConfiguration."""
    found = client("guardduty").describe_organization_configuration(DetectorId=id)
    return _only(found, "AutoEnableOrganizationMembers", "Features")


def hub(client: Open, found: Found) -> Found:
    """Security Hub API Reference, DescribeHub and GetEnabledStandards."""
    service = client("securityhub")
    pages = service.get_paginator("get_enabled_standards").paginate()
    keys = ("StandardsSubscriptionArn", "StandardsArn", "StandardsInput")
    return {
        **_only(found, "HubArn", "SubscribedAt", "AutoEnableControls", "ControlFindingGenerator"),
        "standards": [
            _only(each, *keys) for page in pages for each in page["StandardsSubscriptions"]
        ],
        "tags": service.list_tags_for_resource(ResourceArn=found["HubArn"])["Tags"],
    }


def finding_aggregator(client: Open, arn: str) -> Found:
    """Security Hub API Reference, GetFindingAggregator."""
    found = client("securityhub").get_finding_aggregator(FindingAggregatorArn=arn)
    keys = ("FindingAggregatorArn", "FindingAggregationRegion", "RegionLinkingMode", "Regions")
    return _only(found, *keys)


def hub_organization(client: Open, found: Found) -> Found:
    """Security Hub API Reference, DescribeOrganizationConfiguration."""
    kind = found.get("OrganizationConfiguration", {}).get("ConfigurationType", "LOCAL")
    return {**_only(found, "AutoEnable", "AutoEnableStandards"), "ConfigurationType": kind}


def hub_policy(client: Open, id: str) -> Found:
    """Security Hub API Reference, GetConfigurationPolicy."""
    found = client("securityhub").get_configuration_policy(Identifier=id)
    return _only(found, "Id", "Arn", "Name", "Description", "ConfigurationPolicy")


def hub_association(client: Open, found: Found) -> Found | None:
    """Security Hub API Reference, ConfigurationPolicyAssociationSummary.

    Targets inherit the other associations. A target that manages itself has no policy.
    """
    if found["AssociationType"] != "APPLIED" or found["ConfigurationPolicyId"] == _SELF_MANAGED:
        return None
    return _only(found, "ConfigurationPolicyId", "TargetId", "TargetType")


def recorder(client: Open, found: Found) -> Found:
    """Config API Reference, DescribeConfigurationRecorderStatus."""
    (status,) = client("config").describe_configuration_recorder_status(
        ConfigurationRecorderNames=[found["name"]]
    )["ConfigurationRecordersStatus"]
    keys = ("name", "roleARN", "recordingGroup", "recordingMode")
    return {**_only(found, *keys), "recording": status["recording"]}


def aggregator(client: Open, found: Found) -> Found:
    """Config API Reference, ConfigurationAggregator and ListTagsForResource."""
    arn = found["ConfigurationAggregatorArn"]
    sources = ("AccountAggregationSources", "OrganizationAggregationSource")
    tags = client("config").list_tags_for_resource(ResourceArn=arn).get("Tags", [])
    return {
        "name": found["ConfigurationAggregatorName"],
        "arn": arn,
        **_only(found, *sources),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def analyzer(client: Open, found: Found) -> Found:
    """Access Analyzer API Reference, ListArchiveRules."""
    pages = client("accessanalyzer").get_paginator("list_archive_rules")
    rules = pages.paginate(analyzerName=found["name"])
    return {
        **_only(found, "arn", "name", "type", "status", "configuration", "tags"),
        "rules": [
            _only(rule, "ruleName", "filter") for page in rules for rule in page["archiveRules"]
        ],
    }


def trail(client: Open, found: Found) -> Found | None:
    """CloudTrail API Reference, GetTrailStatus, GetEventSelectors, GetInsightSelectors.

    A member account lists the trails of its organization, too: they belong to another account.
    """
    service, arn = client("cloudtrail"), found["TrailARN"]
    if arn.split(":")[4] != client("sts").get_caller_identity()["Account"]:
        return None
    keys = (
        *("Name", "TrailARN", "S3BucketName", "S3KeyPrefix", "SnsTopicName", "HomeRegion"),
        *("IncludeGlobalServiceEvents", "IsMultiRegionTrail", "IsOrganizationTrail"),
        *("LogFileValidationEnabled", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"),
        "KmsKeyId",
    )
    selectors: dict[str, Any] = {}
    if found.get("HasCustomEventSelectors"):
        answer = service.get_event_selectors(TrailName=arn)
        selectors |= _only(answer, "EventSelectors", "AdvancedEventSelectors")
    if found.get("HasInsightSelectors"):
        selectors |= _only(service.get_insight_selectors(TrailName=arn), "InsightSelectors")
    (listed,) = service.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    return {
        **_only(found, *keys),
        **selectors,
        "isLogging": service.get_trail_status(Name=arn)["IsLogging"],
        "tags": {tag["Key"]: tag.get("Value", "") for tag in listed["TagsList"]},
    }


def vault(client: Open, found: Found) -> Found:
    """Backup API Reference, BackupVaultListMember and ListTags."""
    arn = found["BackupVaultArn"]
    keys = ("BackupVaultName", "BackupVaultArn", "EncryptionKeyArn", "CreatorRequestId")
    locks = ("Locked", "MinRetentionDays", "MaxRetentionDays")
    tags = client("backup").list_tags(ResourceArn=arn).get("Tags", {})
    return {**_only(found, *keys, *locks), "tags": tags}


def resource_policy(client: Open, found: Found) -> Found:
    """Organizations API Reference, DescribeResourcePolicy and ListTagsForResource."""
    summary = found["ResourcePolicySummary"]
    pages = client("organizations").get_paginator("list_tags_for_resource")
    tags = [tag for page in pages.paginate(ResourceId=summary["Id"]) for tag in page["Tags"]]
    return {
        **_only(summary, "Id", "Arn"),
        "Content": found["Content"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }

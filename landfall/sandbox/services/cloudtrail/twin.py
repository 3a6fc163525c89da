"""CloudTrail of a snapshot: trails. AWS has checked their buckets and topics."""

from __future__ import annotations

from moto.cloudtrail.models import Trail, cloudtrail_backends

from landfall.sandbox.twin.loaders import Found, Place, loads


class _Existing(Trail):  # type: ignore[misc]
    """A trail whose bucket and topic are not in the snapshot."""

    def check_bucket_exists(self) -> None:
        """Check nothing."""

    def check_topic_exists(self) -> None:
        """Check nothing."""


@loads("trail")
def trail(place: Place, found: Found) -> None:
    """Make a trail in its home region, and start it if it logs."""
    region = found.get("HomeRegion", place.region)
    made = _Existing(
        account_id=place.account,
        region_name=region,
        trail_name=found["Name"],
        bucket_name=found["S3BucketName"],
        s3_key_prefix=found.get("S3KeyPrefix"),
        sns_topic_name=found.get("SnsTopicName"),
        is_global=found["IncludeGlobalServiceEvents"],
        is_multi_region=found["IsMultiRegionTrail"],
        log_validation=found["LogFileValidationEnabled"],
        is_org_trail=found["IsOrganizationTrail"],
        cw_log_group_arn=found.get("CloudWatchLogsLogGroupArn"),
        cw_role_arn=found.get("CloudWatchLogsRoleArn"),
        kms_key_id=found.get("KmsKeyId"),
    )
    made.event_selectors = list(found.get("EventSelectors", []))
    made.advanced_event_selectors = list(found.get("AdvancedEventSelectors", []))
    made.insight_selectors = list(found.get("InsightSelectors", []))
    if found["isLogging"]:
        made.start_logging()
    backend = cloudtrail_backends[place.account][region]
    backend.trails[made.trail_name] = made
    pairs = [{"Key": key, "Value": value} for key, value in found["tags"].items()]
    backend.tagging_service.tag_resource(made.arn, pairs)

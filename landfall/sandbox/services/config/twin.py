"""Config of a snapshot: recorders, delivery channels, aggregators."""

from __future__ import annotations

from typing import Any

from moto.config.models import (
    AccountAggregatorSource,
    ConfigAggregator,
    ConfigDeliveryChannel,
    ConfigDeliverySnapshotProperties,
    ConfigRecorder,
    OrganizationAggregationSource,
    RecordingGroup,
    config_backends,
)

from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("Config recorder")
def recorder(place: Place, found: Found) -> None:
    """Make a recorder, and start it if it records."""
    group = found.get("recordingGroup", {})
    made = ConfigRecorder(
        found["roleARN"],
        RecordingGroup(
            all_supported=group.get("allSupported", False),
            include_global_resource_types=group.get("includeGlobalResourceTypes", False),
            resource_types=group.get("resourceTypes"),
            exclusion_by_resource_types=group.get("exclusionByResourceTypes"),
            recording_strategy=group.get("recordingStrategy"),
        ),
        found["name"],
    )
    made.recording_mode = found.get("recordingMode")
    if found["recording"]:
        made.status.start()
    config_backends[place.account][place.region].recorders[made.name] = made


@loads("delivery channel")
def delivery_channel(place: Place, found: Found) -> None:
    """Make a delivery channel."""
    frequency = found.get("configSnapshotDeliveryProperties", {}).get("deliveryFrequency")
    made = ConfigDeliveryChannel(
        found["name"],
        found["s3BucketName"],
        prefix=found.get("s3KeyPrefix"),
        sns_arn=found.get("snsTopicARN"),
        s3_kms_key_arn=found.get("s3KmsKeyArn"),
        snapshot_properties=ConfigDeliverySnapshotProperties(frequency) if frequency else None,
    )
    config_backends[place.account][place.region].delivery_channels[made.name] = made


@loads("Config aggregator")
def aggregator(place: Place, found: Found) -> None:
    """Make an aggregator."""
    organization = found.get("OrganizationAggregationSource")
    made = ConfigAggregator(
        found["name"],
        account_id=place.account,
        region=place.region,
        account_sources=[
            AccountAggregatorSource(each["AccountIds"], *_regions(each))
            for each in found.get("AccountAggregationSources", [])
        ]
        or None,
        org_source=OrganizationAggregationSource(organization["RoleArn"], *_regions(organization))
        if organization
        else None,
        tags=dict(found["tags"]),
    )
    made.configuration_aggregator_arn = found["arn"]
    config_backends[place.account][place.region].config_aggregators[found["name"]] = made


def _regions(source: Found) -> tuple[Any, Any]:
    return source.get("AwsRegions"), source.get("AllAwsRegions")

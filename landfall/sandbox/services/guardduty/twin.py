"""GuardDuty of a snapshot: detectors, and who administers it for the organization."""

from __future__ import annotations

from datetime import UTC, datetime

from moto.guardduty.models import Detector, guardduty_backends

from landfall.sandbox.services.guardduty.additions import administrators, configurations
from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("GuardDuty detector")
def detector(place: Place, found: Found) -> None:
    """Make a detector."""
    sources = {name: {"enable": on == "ENABLED"} for name, on in found["DataSources"].items()}
    made = Detector(
        account_id=place.account,
        region_name=place.region,
        created_at=datetime.now(UTC),
        finding_publish_freq=found["FindingPublishingFrequency"],
        enabled=found["Status"] == "ENABLED",
        datasources={
            "s3Logs": sources["S3Logs"],
            "kubernetes": {"auditLogs": sources["AuditLogs"]},
        },
        tags=dict(found.get("Tags", {})),
        features=[_feature(each) for each in found["Features"]],
    )
    made.id = found["id"]
    guardduty_backends[place.account][place.region].detectors[made.id] = made


def _feature(found: Found) -> dict[str, object]:
    """Return a feature with the names of the API's JSON."""
    feature: dict[str, object] = {"name": found["Name"], "status": found["Status"]}
    if more := found["AdditionalConfiguration"]:
        feature["additionalConfiguration"] = [
            {"name": each["Name"], "status": each["Status"]} for each in more
        ]
    return feature


@loads("GuardDuty administrator")
def administrator(place: Place, found: Found) -> None:
    """Delegate GuardDuty in a region."""
    administrators.at(place.account, place.region)["id"] = found["id"]


@loads("GuardDuty organization")
def organization(place: Place, found: Found) -> None:
    """Set what the members get in a region."""
    configurations.at(place.account, place.region)["it"] = {
        "members": found["AutoEnableOrganizationMembers"],
        "features": {each["Name"]: each for each in found.get("Features", [])},
    }

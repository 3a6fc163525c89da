"""Security Hub of a snapshot: hubs, standards, who administers it, and where findings meet."""

from __future__ import annotations

from datetime import UTC, datetime

from landfall.sandbox.services.securityhub import additions_central as central
from landfall.sandbox.services.securityhub.additions import hubs, subscriptions, tags
from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("Security Hub")
def hub(place: Place, found: Found) -> None:
    """Turn Security Hub on, with the standards that are."""
    kept = ("standards", "tags")
    hubs.at(place.account, place.region)["default"] = {
        key: value for key, value in found.items() if key not in kept
    }
    subscribed = subscriptions.at(place.account, place.region)
    for each in found["standards"]:
        subscribed[each["StandardsSubscriptionArn"]] = {
            "StandardsInput": {},
            "StandardsStatus": "READY",
            **each,
        }
    tags.put(place.account, found["HubArn"], found["tags"])


@loads("Security Hub administrator")
def administrator(place: Place, found: Found) -> None:
    """Delegate Security Hub in a region."""
    central.administrators.at(place.account, place.region)["id"] = found["id"]


@loads("finding aggregator")
def finding_aggregator(place: Place, found: Found) -> None:
    """Let findings meet in a region."""
    central.aggregators.at(place.account)["it"] = dict(found)


@loads("Security Hub organization")
def organization(place: Place, found: Found) -> None:
    """Set what the members get."""
    kept = {key: found[key] for key in ("AutoEnable", "AutoEnableStandards") if key in found}
    aggregator = central.aggregators.at(place.account).get("it", {})
    if found["ConfigurationType"] == "CENTRAL" and aggregator:
        kept["home"] = aggregator["FindingAggregationRegion"]
    central.organizations.at(place.account)["it"] = kept


@loads("Security Hub policy")
def policy(place: Place, found: Found) -> None:
    """Make a policy of central configuration."""
    now = datetime.now(UTC)
    kept = {"Description": "", **found, "CreatedAt": now, "UpdatedAt": now}
    central.policies.at(place.account)[found["Id"]] = kept


@loads("Security Hub association")
def association(place: Place, found: Found) -> None:
    """Let a policy of central configuration hold for a target."""
    central.associations.at(place.account)[found["TargetId"]] = central.association(
        found["ConfigurationPolicyId"], found["TargetId"], found["TargetType"]
    )

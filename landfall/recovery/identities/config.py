"""Config: recorders, delivery channels, aggregators, conformance packs of an organization."""

from __future__ import annotations

from landfall.recovery.identities.registry import (
    CONTROL_TOWER,
    Client,
    Inputs,
    finds,
    nothing_if,
    owned,
    pages,
)


@finds("aws:cfg/organizationConformancePack:OrganizationConformancePack")
def _organization_pack(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A PUT, but Config rejects it while the first one is still rolling out.
    name: str = inputs["name"]
    # An interrupted run may not have enabled Config for the organization yet, or delegated it.
    # https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeOrganizationConformancePacks.html
    with nothing_if("OrganizationAccessDeniedException", "NoAvailableOrganizationException"):
        found = client("config").describe_organization_conformance_packs(
            OrganizationConformancePackNames=[name]
        )
        return name if found["OrganizationConformancePacks"] else None
    return None


@finds("aws:cfg/recorder:Recorder")
def _recorder(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # PutConfigurationRecorder: one customer managed recorder for each account and region.
    recorders = client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    names = [each["name"] for each in recorders if not each.get("servicePrincipal")]
    return owned(names[0], "the recorder") if names else None


@finds("aws:cfg/deliveryChannel:DeliveryChannel")
def _delivery_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # PutDeliveryChannel: one for each account and region.
    channels = client("config").describe_delivery_channels()["DeliveryChannels"]
    return owned(channels[0]["name"], "the delivery channel") if channels else None


@finds("aws:cfg/configurationAggregator:ConfigurationAggregator")
def _aggregator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = list(
        pages(client("config"), "describe_configuration_aggregators", "ConfigurationAggregators")
    )
    own: str = inputs["name"]
    if any(each["ConfigurationAggregatorName"] == own for each in listed):
        return own
    # Any aggregator of the organization shows the same; leave those of Control Tower.
    names = sorted(
        str(each["ConfigurationAggregatorName"])
        for each in listed
        if "OrganizationAggregationSource" in each
        and not each["ConfigurationAggregatorName"].startswith(CONTROL_TOWER)
    )
    return next(iter(names), None) if "organizationAggregationSource" in inputs else None

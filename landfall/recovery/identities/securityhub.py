"""Security Hub: the hub, its administrator, aggregator and configuration policies."""

from __future__ import annotations

from typing import Final

from landfall.recovery.identities.registry import (
    Client,
    Inputs,
    OccupiedError,
    finds,
    nothing_if,
    pages,
)


@finds("aws:securityhub/organizationAdminAccount:OrganizationAdminAccount")
def _hub_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("securityhub"), "list_organization_admin_accounts", "AdminAccounts")
    held = [str(each["AccountId"]) for each in listed]
    wanted: str = inputs["adminAccountId"]
    if held and wanted not in held:
        # One for an organization. https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableOrganizationAdminAccount.html
        raise OccupiedError(
            f"Security Hub's delegated administrator is account {held[0]}, not {wanted}",
            f"give account {held[0]} purpose: audit, or end its delegation: "
            f"aws securityhub disable-organization-admin-account --admin-account-id {held[0]}",
        )
    return wanted if held else None


# Security Hub is not enabled, or not configured centrally.
_NOT_ENABLED: Final = "InvalidAccessException"


@finds("aws:securityhub/account:Account")
def _hub(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    with nothing_if(_NOT_ENABLED):
        return str(client("securityhub").describe_hub()["HubArn"].split(":")[4])
    return None


@finds("aws:securityhub/findingAggregator:FindingAggregator")
def _finding_aggregator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # One for each account: listed in every linked region, but imported only in its own.
    hub, arn = client("securityhub"), None
    with nothing_if(_NOT_ENABLED):
        listed = pages(hub, "list_finding_aggregators", "FindingAggregators")
        arn = next((str(each["FindingAggregatorArn"]) for each in listed), None)
    if arn is not None and arn.split(":")[3] != hub.meta.region_name:
        raise OccupiedError(
            f"Security Hub aggregates findings in {arn.split(':')[3]}, not {hub.meta.region_name}",
            "write that region as the home region, or delete the aggregator there: "
            f"aws securityhub delete-finding-aggregator --finding-aggregator-arn {arn}",
        )
    return arn


@finds("aws:securityhub/configurationPolicy:ConfigurationPolicy")
def _hub_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    with nothing_if(_NOT_ENABLED):
        listed = pages(
            client("securityhub"), "list_configuration_policies", "ConfigurationPolicySummaries"
        )
        named = (str(each["Id"]) for each in listed if each["Name"] == inputs["name"])
        return next(named, None)
    return None

"""Security Hub: the hub, its administrator, aggregator and configuration policies."""

from __future__ import annotations

from botocore.exceptions import ClientError

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:securityhub/organizationAdminAccount:OrganizationAdminAccount")
def _hub_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("securityhub"), "list_organization_admin_accounts", "AdminAccounts")
    wanted: str = inputs["adminAccountId"]
    return wanted if any(each["AccountId"] == wanted for each in listed) else None


@finds("aws:securityhub/account:Account")
def _hub(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    try:
        arn: str = client("securityhub").describe_hub()["HubArn"]
    except ClientError as error:
        # The errors of DescribeHub if Security Hub is not enabled.
        if error.response["Error"]["Code"] == "InvalidAccessException":
            return None
        raise
    return arn.split(":")[4]


@finds("aws:securityhub/findingAggregator:FindingAggregator")
def _finding_aggregator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # One for each account: listed in every region, but imported only in its own.
    hub = client("securityhub")
    listed = pages(hub, "list_finding_aggregators", "FindingAggregators")
    arns = (str(each["FindingAggregatorArn"]) for each in listed)
    return next((arn for arn in arns if arn.split(":")[3] == hub.meta.region_name), None)


@finds("aws:securityhub/configurationPolicy:ConfigurationPolicy")
def _hub_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(
        client("securityhub"), "list_configuration_policies", "ConfigurationPolicySummaries"
    )
    return next((str(each["Id"]) for each in listed if each["Name"] == inputs["name"]), None)

"""Who watches the accounts: Access Analyzer, CloudTrail, Config, GuardDuty, Security Hub."""

from __future__ import annotations

from botocore.exceptions import ClientError

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:accessanalyzer/analyzer:Analyzer")
def _analyzer(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["analyzerName"]
    client("accessanalyzer").get_analyzer(analyzerName=name)
    return name


@finds("aws:cloudtrail/trail:Trail")
def _trail(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A trail of all regions, or of the organization, has shadows elsewhere: they are not the one.
    trails = client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    named = (str(trail["TrailARN"]) for trail in trails if trail["Name"] == inputs["name"])
    return next(named, None)


@finds("aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount")
def _trail_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CloudTrail has no operation that lists them.
    administrators = pages(
        client("organizations"),
        "list_delegated_administrators",
        "DelegatedAdministrators",
        ServicePrincipal="cloudtrail.amazonaws.com",
    )
    wanted: str = inputs["accountId"]
    return wanted if any(each["Id"] == wanted for each in administrators) else None


@finds("aws:cfg/organizationConformancePack:OrganizationConformancePack")
def _organization_pack(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A PUT, but one that Config refuses while the first is still being rolled out.
    name: str = inputs["name"]
    found = client("config").describe_organization_conformance_packs(
        OrganizationConformancePackNames=[name]
    )
    return name if found["OrganizationConformancePacks"] else None


@finds("aws:guardduty/detector:Detector")
def _detector(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # CreateDetector: one for an account and region, whoever turned it on.
    return next(iter(pages(client("guardduty"), "list_detectors", "DetectorIds")), None)


@finds("aws:guardduty/organizationAdminAccount:OrganizationAdminAccount")
def _guardduty_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages(client("guardduty"), "list_organization_admin_accounts", "AdminAccounts")
    wanted: str = inputs["adminAccountId"]
    return wanted if any(each["AdminAccountId"] == wanted for each in listed) else None


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
        # So DescribeHub answers where Security Hub is not on.
        if error.response["Error"]["Code"] == "InvalidAccessException":
            return None
        raise
    return arn.split(":")[4]


@finds("aws:securityhub/findingAggregator:FindingAggregator")
def _finding_aggregator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # One for an account, told of in every region, but imported in its own.
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

"""Monitoring and sharing between accounts, against mocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.landing_zone import LandingZone
from landfall.validation import parse
from tests.components.conftest import MANAGEMENT_ID, ORGANIZATION, Registered

Runner = Callable[[Callable[[], Any]], Registered]


def config(**own: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "units": {"Workloads": {"units": {"Dev": {}, "Prod": {}}}},
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com"},
            "orders": {"email": "orders@example.com", "unit": "Workloads/Prod"},
            "trials": {"email": "trials@example.com", "unit": "Workloads/Dev"},
        },
        "landfall:baseline": {"enabled": False},
        **{f"landfall:{key}": value for key, value in own.items()},
    }


def made(run: Runner, **own: Any) -> Registered:
    settings = config(**own)
    return run(lambda: LandingZone(parse(settings)))


def test_stack_without_settings_has_no_resources_of_these_services(run: Runner) -> None:
    prefixes = (
        "aws:oam/",
        "aws:ram/",
        "aws:servicequotas/",
        "aws:bcmdata/",
        "aws:ssm/",
        "aws:cost",
    )
    assert not [each for each in made(run).resources if each.typ.startswith(prefixes)]


def test_accounts_link_to_the_sink_of_their_region(run: Runner) -> None:
    monitoring = {
        "account": "audit",
        "share": ["logs", "application-signals"],
        "units": {"Workloads/Dev": {"enabled": False}},
    }
    registered = made(run, monitoring=monitoring)
    regions = ("eu-west-1", "us-east-1")
    assert set(registered.of("aws:oam/sink:Sink")) == {f"monitoring-{each}" for each in regions}
    policy = registered.document("aws:oam/sinkPolicy:SinkPolicy", "monitoring-eu-west-1", "policy")
    (statement,) = policy["Statement"]
    types = [
        "AWS::Logs::LogGroup",
        "AWS::ApplicationSignals::Service",
        "AWS::ApplicationSignals::ServiceLevelObjective",
    ]
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
        "ForAllValues:StringEquals": {"oam:ResourceTypes": types},
    }
    links = registered.of("aws:oam/link:Link")
    assert set(links) == {
        f"{name}-monitoring-{region}" for name in ("orders", "management") for region in regions
    }
    for name, link in links.items():
        assert link["resourceTypes"] == types
        assert link["sinkIdentifier"].split(":")[3] == link["region"]
        assert name.endswith(link["region"])
    placed = {each.name: Registered.account_of(each) for each in registered.resources}
    assert placed["orders-monitoring-eu-west-1"] == "orders"
    assert placed["monitoring-eu-west-1"] == "audit"
    assert placed["management-monitoring-eu-west-1"] == ""


def test_share_reaches_units_and_accounts_of_the_organization_only(run: Runner) -> None:
    subnet = "arn:aws:ec2:us-east-1:111111111111:subnet/subnet-1"
    shares = {
        "network": {
            "account": "audit",
            "region": "us-east-1",
            "resources": [subnet],
            "units": ["Root", "Workloads/Prod"],
            "accounts": ["trials"],
        }
    }
    registered = made(run, sharing={"shares": shares})
    assert len(registered.of("aws:ram/sharingWithOrganization:SharingWithOrganization")) == 1
    (share,) = registered.of("aws:ram/resourceShare:ResourceShare").values()
    assert (share["allowExternalPrincipals"], share["region"]) == (False, "us-east-1")
    (resource,) = registered.of("aws:ram/resourceAssociation:ResourceAssociation").values()
    assert resource["resourceArn"] == subnet
    principals = registered.of("aws:ram/principalAssociation:PrincipalAssociation")
    start = f"arn:aws:organizations::{MANAGEMENT_ID}"
    found = {name: each["principal"] for name, each in principals.items()}
    assert found["share-network-Root"] == f"{start}:organization/{ORGANIZATION}"
    assert found["share-network-Workloads/Prod"].startswith(f"{start}:ou/{ORGANIZATION}/")
    assert len(found) == 3
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert "ram.amazonaws.com" in organization["awsServiceAccessPrincipals"]


def test_export_is_delivered_to_a_bucket_that_admits_the_own_exports_only(run: Runner) -> None:
    readers = [{"account": "audit", "role": "analyst"}]
    registered = made(run, costs={"export": {"resources": False, "readers": readers}})
    (export,) = registered.of("aws:bcmdata/export:Export").values()
    (query,) = export["export"]["dataQueries"]
    assert query["tableConfigurations"]["COST_AND_USAGE_REPORT"] == {
        "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
        "INCLUDE_RESOURCES": "FALSE",
        "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
        "TIME_GRANULARITY": "DAILY",
    }
    assert "line_item_resource_id" not in query["queryStatement"]
    assert query["queryStatement"].startswith("SELECT bill_bill_type, bill_billing_entity, ")
    assert " cost_category, " in query["queryStatement"]
    (target,) = export["export"]["destinationConfigurations"][0]["s3Destinations"]
    assert target["s3Bucket"] == f"landfall-costs-{MANAGEMENT_ID}-eu-west-1"
    policy = registered.document("aws:s3/bucketPolicy:BucketPolicy", "costs", "policy")
    statements = {each["Sid"]: each for each in policy["Statement"]}
    assert set(statements) == {"TlsOnly", "Delivery", "Readers", "ReadersList"}
    assert statements["Delivery"]["Condition"] == {
        "StringLike": {
            "aws:SourceAccount": MANAGEMENT_ID,
            "aws:SourceArn": [
                f"arn:aws:cur:us-east-1:{MANAGEMENT_ID}:definition/*",
                f"arn:aws:bcm-data-exports:us-east-1:{MANAGEMENT_ID}:export/*",
            ],
        }
    }


def test_anomalies_notify_addresses_by_day_and_topics_at_once(run: Runner) -> None:
    topic = "arn:aws:sns:us-east-1:999999999999:costs"
    anomalies = {"minimum": 50, "notify": ["a@example.com"], "topic": topic}
    registered = made(run, costs={"anomalies": anomalies, "allocationTags": ["team"]})
    subscriptions = registered.of("aws:costexplorer/anomalySubscription:AnomalySubscription")
    assert {
        name: (each["frequency"], [one["type"] for one in each["subscribers"]])
        for name, each in subscriptions.items()
    } == {
        "cost-anomalies-emails": ("DAILY", ["EMAIL"]),
        "cost-anomalies-topic": ("IMMEDIATE", ["SNS"]),
    }
    for each in subscriptions.values():
        assert each["thresholdExpression"]["dimension"]["values"] == ["50"]
    (tag,) = registered.of("aws:costexplorer/costAllocationTag:CostAllocationTag").values()
    assert (tag["tagKey"], tag["status"]) == ("team", "Active")


def test_quotas_are_requested_in_each_account_and_region(run: Runner) -> None:
    settings = config()
    settings["landfall:baseline"] = {
        "quotas": {"iam/L-FE177D64": {"value": 2000}, "vpc/L-F678F1CE": {"value": 10}},
        "managementAccount": {"enabled": False},
    }
    settings["landfall:accounts"]["trials"]["baseline"] = {
        "quotas": {"vpc/L-F678F1CE": {"value": 20, "regions": ["eu-west-1"]}}
    }
    settings["landfall:accounts"]["orders"]["baseline"] = {"enabled": False}
    settings["landfall:organization"]["quotaTemplate"] = {"vpc/L-F678F1CE": {"value": 10}}
    registered = run(lambda: LandingZone(parse(settings)))
    quotas = registered.of("aws:servicequotas/serviceQuota:ServiceQuota")
    assert {
        (name.partition("-")[0], each["quotaCode"], each["region"]): each["value"]
        for name, each in quotas.items()
    } == {
        ("audit", "L-FE177D64", "us-east-1"): 2000,
        ("audit", "L-F678F1CE", "eu-west-1"): 10,
        ("audit", "L-F678F1CE", "us-east-1"): 10,
        ("trials", "L-FE177D64", "us-east-1"): 2000,
        ("trials", "L-F678F1CE", "eu-west-1"): 20,
    }
    template = registered.of("aws:servicequotas/template:Template")
    assert sorted(each["awsRegion"] for each in template.values()) == ["eu-west-1", "us-east-1"]
    assert "management-us-east-1" in registered.of("pulumi:providers:aws")
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert "servicequotas.amazonaws.com" in organization["awsServiceAccessPrincipals"]

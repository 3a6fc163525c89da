"""Data Exports, Cost Explorer and Service Quotas, as AWS documents them."""

from __future__ import annotations

import json
from typing import Any

from landfall.aws.cost_columns import COLUMNS
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, settle

HOME = "us-east-1"
VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}


def export(bucket: str, query: str) -> dict[str, Any]:
    output = {
        "OutputType": "CUSTOM",
        "Format": "PARQUET",
        "Compression": "PARQUET",
        "Overwrite": "OVERWRITE_REPORT",
    }
    target = {
        "S3Bucket": bucket,
        "S3Prefix": "costs",
        "S3Region": HOME,
        "S3OutputConfigurations": output,
    }
    settings = {"INCLUDE_RESOURCES": "TRUE", "TIME_GRANULARITY": "DAILY"}
    return {
        "Name": "costs",
        "DataQuery": {
            "QueryStatement": " ".join(["SELECT", query, "FROM", "COST_AND_USAGE_REPORT"]),
            "TableConfigurations": {"COST_AND_USAGE_REPORT": settings},
        },
        "DestinationConfigurations": {"S3Destination": target},
        "RefreshCadence": {"Frequency": "SYNCHRONOUS"},
    }


def test_export_needs_a_bucket_that_admits_it_and_named_columns(aws: Clients) -> None:
    s3 = aws("s3", region=HOME)
    s3.create_bucket(Bucket="costs-of-it")
    client = aws("bcm-data-exports", region=HOME)
    every = ", ".join(COLUMNS)
    assert error_of(client.create_export, Export=export("costs-of-it", every))[0] == (
        "ValidationException"
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["bcm-data-exports.amazonaws.com"]},
        "Action": ["s3:PutObject", "s3:GetBucketPolicy"],
        "Resource": ["arn:aws:s3:::costs-of-it", "arn:aws:s3:::costs-of-it/*"],
        "Condition": {
            "StringLike": {
                "aws:SourceAccount": MANAGEMENT,
                "aws:SourceArn": f"arn:aws:bcm-data-exports:us-east-1:{MANAGEMENT}:export/*",
            }
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket="costs-of-it", Policy=policy)
    for query in ("*", "cost_center"):
        found = error_of(client.create_export, Export=export("costs-of-it", query))
        assert found[0] == "ValidationException", query
    arn = client.create_export(Export=export("costs-of-it", every))["ExportArn"]
    assert client.get_export(ExportArn=arn)["Export"]["Name"] == "costs"
    again = error_of(client.create_export, Export=export("costs-of-it", every))
    assert again[0] == "ValidationException"
    client.delete_export(ExportArn=arn)
    assert client.list_exports()["Exports"] == []


def test_account_has_one_monitor_of_services(aws: Clients) -> None:
    client = aws("ce", region=HOME)
    monitor = {
        "MonitorName": "services",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
    }
    arn = client.create_anomaly_monitor(AnomalyMonitor=monitor)["MonitorArn"]
    assert error_of(client.create_anomaly_monitor, AnomalyMonitor=monitor)[0] == (
        "LimitExceededException"
    )
    subscription = {
        "MonitorArnList": [arn],
        "SubscriptionName": "daily",
        "Frequency": "IMMEDIATE",
        "Subscribers": [{"Type": "EMAIL", "Address": "a@example.com"}],
    }
    create = client.create_anomaly_subscription
    assert error_of(create, AnomalySubscription=subscription)[0] == "ValidationException"
    create(AnomalySubscription={**subscription, "Frequency": "DAILY"})
    unknown = {**subscription, "MonitorArnList": [f"{arn}0"]}
    assert error_of(create, AnomalySubscription=unknown)[0] == "UnknownMonitorException"


def test_tags_are_activated_by_the_management_account(
    aws: Clients, organization: Any, member: str
) -> None:
    wanted = [{"TagKey": "team", "Status": "Active"}]
    theirs = aws("ce", account=member, region=HOME).update_cost_allocation_tags_status
    assert error_of(theirs, CostAllocationTagsStatus=wanted)[0] == "AccessDeniedException"
    client = aws("ce", region=HOME)
    client.update_cost_allocation_tags_status(CostAllocationTagsStatus=wanted)
    (tag,) = client.list_cost_allocation_tags(TagKeys=["team"])["CostAllocationTags"]
    assert tag["Status"] == "Active"


def test_quota_is_only_ever_raised(aws: Clients) -> None:
    client = aws("service-quotas")
    assert client.get_service_quota(**VPCS)["Quota"]["Value"] == 5
    for value in (4, 5):
        found = error_of(client.request_service_quota_increase, **VPCS, DesiredValue=value)
        assert found[0] == "IllegalArgumentException"
    client.request_service_quota_increase(**VPCS, DesiredValue=20)
    assert client.get_service_quota(**VPCS)["Quota"]["Value"] == 5
    again = error_of(client.request_service_quota_increase, **VPCS, DesiredValue=30)
    assert again[0] == "ResourceAlreadyExistsException"
    listed = client.list_requested_service_quota_change_history
    assert [each["DesiredValue"] for each in listed(Status="PENDING")["RequestedQuotas"]] == [20]
    settle(client)
    assert [each["Status"] for each in listed()["RequestedQuotas"]] == ["APPROVED"]
    assert client.get_service_quota(**VPCS)["Quota"]["Value"] == 20
    assert client.get_aws_default_service_quota(**VPCS)["Quota"]["Value"] == 5
    assert aws("service-quotas", region=HOME).get_service_quota(**VPCS)["Quota"]["Value"] == 5
    accounts = {"ServiceCode": "organizations", "QuotaCode": "L-E619E033"}
    before = client.get_service_quota(**accounts)["Quota"]["Value"]
    client.request_service_quota_increase(**accounts, DesiredValue=before + 1)
    assert client.get_service_quota(**accounts)["Quota"]["Value"] == before
    open_one = error_of(client.request_service_quota_increase, **accounts, DesiredValue=before + 2)
    assert open_one[0] == "ResourceAlreadyExistsException"


def test_template_needs_trusted_access_and_its_region(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("service-quotas", region=HOME)
    associate = client.associate_service_quota_template
    assert error_of(associate)[0] == "AWSServiceAccessNotEnabledException"
    organization.enable_aws_service_access(ServicePrincipal="servicequotas.amazonaws.com")
    elsewhere = aws("service-quotas", region="eu-central-1").associate_service_quota_template
    assert error_of(elsewhere)[0] == "TemplatesNotAvailableInRegionException"
    theirs = aws("service-quotas", account=member, region=HOME).associate_service_quota_template
    assert error_of(theirs)[0] == "NoAvailableOrganizationException"
    associate()
    put = client.put_service_quota_increase_request_into_template
    for number in range(10):
        code = {"ServiceCode": "vpc", "QuotaCode": f"L-F678F1C{number}"}
        put(**code, AwsRegion="eu-west-1", DesiredValue=9)
    full = error_of(put, **VPCS, AwsRegion="eu-west-1", DesiredValue=9)
    assert full[0] == "QuotaExceededException"

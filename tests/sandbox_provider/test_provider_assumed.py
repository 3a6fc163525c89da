"""Outputs of a plan-only provider for missing resources, derived from inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.sandbox.provider.operations import plan_only
from landfall.sandbox.provider.operations.assumed import (
    MANAGEMENT_ACCOUNT,
    Place,
    account_of,
    complete,
    settled,
)
from landfall.sandbox.provider.values.properties import UNKNOWN

PLACE = Place("111122223333", "eu-west-1")
ROLE = "aws:iam/role:Role"


def planned(token: str, inputs: dict[str, Any], place: Place = PLACE, **more: str) -> Any:
    urn = f"urn:pulumi:dev::landfall::{token}::example"
    outputs = plan_only.preview(token, inputs, place.region)
    return complete(token, urn, inputs, outputs, place, **more)


@pytest.mark.parametrize(
    ("token", "inputs", "identity", "arn"),
    [
        (
            ROLE,
            {"name": "audit", "path": "/landfall/"},
            "audit",
            "arn:aws:iam::111122223333:role/landfall/audit",
        ),
        (
            "aws:iam/policy:Policy",
            {"name": "most"},
            "arn:aws:iam::111122223333:policy/most",
            "arn:aws:iam::111122223333:policy/most",
        ),
        ("aws:s3/bucket:Bucket", {"bucket": "b"}, "b", "arn:aws:s3:::b"),
        (
            "aws:sns/topic:Topic",
            {"name": "t", "region": "us-east-1"},
            "arn:aws:sns:us-east-1:111122223333:t",
            "arn:aws:sns:us-east-1:111122223333:t",
        ),
        (
            "aws:cloudwatch/eventRule:EventRule",
            {"name": "r", "eventBusName": "bus"},
            "r",
            "arn:aws:events:eu-west-1:111122223333:rule/bus/r",
        ),
        (
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://gitlab.com"},
            "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
            "arn:aws:iam::111122223333:oidc-provider/gitlab.com",
        ),
    ],
)
def test_ids_and_arns_follow_from_names(
    token: str, inputs: dict[str, Any], identity: str, arn: str
) -> None:
    made, outputs = planned(token, inputs)
    assert (made, outputs["arn"]) == (identity, arn)


def test_unknown_name_makes_id_and_arn_unknown() -> None:
    identity, outputs = planned(ROLE, {"name": UNKNOWN})
    assert identity == ""
    assert outputs["arn"] is UNKNOWN


def test_values_that_aws_generates_stay_unknown() -> None:
    assert planned(ROLE, {"name": "audit"})[1]["uniqueId"] is UNKNOWN
    assert planned("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})[1]["arn"] is UNKNOWN


def test_ids_have_awss_form_and_are_stable_and_unique() -> None:
    token = "aws:organizations/account:Account"
    first, outputs = planned(token, {"name": "a"})
    assert first == planned(token, {"name": "a"})[0]
    assert len(first) == 12
    assert first.isdigit()
    assert outputs["arn"].endswith(f"/{first}")
    other = complete(token, "urn:pulumi:dev::landfall::x::other", {}, dict(outputs), PLACE)
    assert other[0] != first


def test_existing_resource_keeps_its_id() -> None:
    token = "aws:organizations/account:Account"
    identity, outputs = planned(token, {"name": "a"}, identity="444455556666")
    assert identity == "444455556666"
    assert outputs["arn"].endswith("/444455556666")


def test_partitions_follow_the_region() -> None:
    gov = planned(ROLE, {"name": "a"}, Place("1" * 12, "us-gov-west-1"))[1]["arn"]
    china = planned("aws:s3/bucket:Bucket", {"bucket": "b"}, Place("1" * 12, "cn-north-1"))[1]
    assert gov.startswith("arn:aws-us-gov:iam::")
    assert china["bucketDomainName"] == "b.s3.amazonaws.com.cn"


def test_the_account_is_that_of_the_assumed_role() -> None:
    roles = json.dumps([{"roleArn": "arn:aws:iam::111122223333:role/Access"}])
    assert account_of({"assumeRoles": roles}) == "111122223333"
    assert account_of({}) == MANAGEMENT_ACCOUNT
    assert account_of({"assumeRoles": UNKNOWN}) is UNKNOWN
    assert account_of({"assumeRoles": json.dumps([{"roleArn": "odd"}])}) is UNKNOWN


def test_read_values_contain_no_unknowns() -> None:
    assert settled({"a": 1, "b": UNKNOWN, "c": [{"d": UNKNOWN}]}) == {"a": 1}


def test_a_look_up_of_the_caller_names_the_account() -> None:
    token = "aws:index/getCallerIdentity:getCallerIdentity"
    assert plan_only.invoke(token, "", "111122223333")["accountId"] == "111122223333"

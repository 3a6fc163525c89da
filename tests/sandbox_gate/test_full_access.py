"""FullAWSAccess is detached beside an allow list, and in no other organization."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.landing_zone.full_access import FULL_ACCESS, FullAccessError, detach_full_access

SCP = "SERVICE_CONTROL_POLICY"


@pytest.fixture
def unit(organization: Any) -> str:
    root: str = organization.list_roots()["Roots"][0]["Id"]
    organization.enable_policy_type(RootId=root, PolicyType=SCP)
    made = organization.create_organizational_unit(ParentId=root, Name="Secure")
    identity: str = made["OrganizationalUnit"]["Id"]
    return identity


def attached(organization: Any, target: str) -> list[str]:
    found = organization.list_policies_for_target(TargetId=target, Filter=SCP)["Policies"]
    return sorted(policy["Name"] for policy in found)


def allow_list(organization: Any, target: str) -> None:
    statement = {"Effect": "Allow", "Action": ["ec2:*", "sts:*"], "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = organization.create_policy(Name="list", Description="", Type=SCP, Content=content)
    policy = made["Policy"]["PolicySummary"]["Id"]
    organization.attach_policy(PolicyId=policy, TargetId=target)


def test_full_access_is_detached_beside_an_allow_list(organization: Any, unit: str) -> None:
    allow_list(organization, unit)
    own = organization.describe_organization()["Organization"]["Id"]
    detach_full_access(organization, own, {"Secure": unit})
    assert attached(organization, unit) == ["list"]
    # Once more changes nothing.
    detach_full_access(organization, own, {"Secure": unit})
    assert attached(organization, unit) == ["list"]


def test_full_access_as_the_only_policy_stays(organization: Any, unit: str) -> None:
    own = organization.describe_organization()["Organization"]["Id"]
    with pytest.raises(FullAccessError, match="the only service control policy of Secure"):
        detach_full_access(organization, own, {"Secure": unit})
    assert attached(organization, unit) == ["FullAWSAccess"]


def test_full_access_of_another_organization_stays(organization: Any, unit: str) -> None:
    allow_list(organization, unit)
    with pytest.raises(FullAccessError, match="not to o-another000"):
        detach_full_access(organization, "o-another000", {"Secure": unit})
    assert FULL_ACCESS.removeprefix("p-") in attached(organization, unit)

"""Access of users against mocks: permission sets, groups and assignments of each account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.validation import parse
from tests.components.conftest import Registered

Runner = Callable[[Callable[[], Any]], Registered]
DIRECTORY_GROUP = "93c4e842-1061-70de-d4e8-0a8f5e8a3a1b"
HOMES = {"aws": "eu-west-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


def config(partition: str = "aws") -> dict[str, Any]:
    return {
        "aws:region": HOMES[partition],
        "landfall:organization": {"units": {"Workloads": {"units": {"Dev": {}}}}},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com"},
            "orders": {"email": "orders@example.com", "unit": "Workloads/Dev"},
        },
        "landfall:access": {
            "boundaries": {"reading": {"statements": [{"actions": "s3:GetObject"}]}},
            "identityCenter": {
                "instance": "ssoins-1234567890abcdef",
                "identityStore": "d-1234567890",
                "groups": {"developers": {}, "auditors": {"id": DIRECTORY_GROUP}},
                "permissionSets": {
                    "look": {"managedPolicies": ["job-function/ViewOnlyAccess"]},
                    "operate": {
                        "statements": [{"actions": "ecs:StopTask"}],
                        "customerManagedPolicies": ["teams/operate"],
                        "boundary": "reading",
                        "sessionHours": 4,
                    },
                },
                "assignments": [
                    {"group": "auditors", "permissionSets": "look", "units": "Root"},
                    {"group": "developers", "permissionSets": "operate", "units": ["Workloads"]},
                ],
            },
        },
    }


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    return run(lambda: LandingZone(parse(config())))


def test_assignment_to_a_unit_includes_all_accounts_below_it(registered: Registered) -> None:
    made = registered.of("aws:ssoadmin/accountAssignment:AccountAssignment")
    assert {
        (each["principalId"], each["permissionSetArn"].rpartition("/")[2], each["targetId"])
        for each in made.values()
    } == {
        (DIRECTORY_GROUP, "look", "111111111111"),
        (DIRECTORY_GROUP, "look", "333333333333"),
        ("group-developers", "operate", "333333333333"),
    }
    assert {each["principalType"] for each in made.values()} == {"GROUP"}


def test_existing_group_is_used_and_not_created(registered: Registered) -> None:
    groups = registered.of("aws:identitystore/group:Group")
    assert [each["displayName"] for each in groups.values()] == ["developers"]


def test_boundary_exists_in_each_account_of_its_permission_set(registered: Registered) -> None:
    assert list(registered.of("aws:iam/policy:Policy")) == ["orders-reading"]
    bounded = registered.of(
        "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
    )
    (boundary,) = bounded.values()
    assert boundary["permissionsBoundary"] == {
        "customerManagedPolicyReference": {"name": "reading", "path": "/landfall/"}
    }


@pytest.mark.parametrize("partition", HOMES)
def test_arns_are_of_the_partition(run: Runner, partition: str) -> None:
    registered = run(lambda: LandingZone(parse(config(partition))))
    sets = registered.of("aws:ssoadmin/permissionSet:PermissionSet")
    assert {each["instanceArn"] for each in sets.values()} == {
        f"arn:{partition}:sso:::instance/ssoins-1234567890abcdef"
    }
    assert {each["sessionDuration"] for each in sets.values()} == {"PT1H", "PT4H"}
    attached = registered.of("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment")
    (one,) = attached.values()
    arn = f"arn:{partition}:iam::aws:policy/job-function/ViewOnlyAccess"
    assert one["managedPolicyArn"] == arn

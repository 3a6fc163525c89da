"""Settings of IAM Identity Center: all mistakes are reported together, each with a fix."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.validation import parse

GROUP = "93c4e842-1061-70de-d4e8-0a8f5e8a3a1b"


def config(**center: Any) -> dict[str, Any]:
    ids = {"instance": "ssoins-1234567890abcdef", "identityStore": "d-1234567890"}
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"Workloads": {"units": {"Dev": {}}}}},
        "landfall:accounts": {
            "audit": {"email": "audit@example.com"},
            "orders": {"email": "orders@example.com", "unit": "Workloads/Dev"},
        },
        "landfall:access": {"identityCenter": ids | center},
    }


def mistakes(settings: dict[str, Any]) -> dict[str, str]:
    """Return the fixes by path below the key."""
    with pytest.raises(ProblemsError) as caught:
        parse(settings)
    return {
        problem.path.removeprefix("landfall:access.identityCenter."): problem.fix
        for problem in caught.value.problems
    }


def test_identity_center_mistakes_are_reported_together() -> None:
    found = mistakes(
        config(
            region="eu-west-9",
            groups={"a": {"name": "Team"}, "b": {"name": "team"}},
            permissionSets={
                "empty": {},
                "read": {"managedPolicies": ["SecurityAudit"], "boundary": "none"},
                "own": {"managedPolicies": ["arn:aws:iam::111122223333:policy/own"]},
            },
            assignments=[
                {"group": "c", "permissionSets": ["reed"], "accounts": ["orderz"]},
                {"group": "a", "permissionSets": ["read"], "units": ["Dev"]},
                {"group": "a", "permissionSets": ["read"]},
            ],
        )
    )
    assert set(found) == {
        "region",
        "groups.b.name",
        "permissionSets.empty",
        "permissionSets.read.boundary",
        "permissionSets.own.managedPolicies[0]",
        "assignments[0].group",
        "assignments[0].permissionSets[0]",
        "assignments[0].accounts[0]",
        "assignments[1].units[0]",
        "assignments[2]",
    }
    assert found["assignments[0].permissionSets[0]"] == "did you mean 'read'?"
    assert found["assignments[0].accounts[0]"] == "did you mean 'orders'?"
    assert found["assignments[1].units[0]"] == "did you mean 'Workloads/Dev'?"


def test_duplicate_assignment_of_a_group_is_reported_once() -> None:
    found = mistakes(
        config(
            groups={"team": {}},
            permissionSets={"read": {"managedPolicies": ["SecurityAudit"]}},
            assignments=[
                {"group": "team", "permissionSets": ["read"], "units": ["Workloads"]},
                {"group": "team", "permissionSets": ["read"], "accounts": ["orders"]},
            ],
        )
    )
    assert found == {"assignments[1]": "remove one of them"}


def test_identity_center_quotas_apply_and_can_be_raised() -> None:
    sets = {f"set{n}": {"managedPolicies": ["SecurityAudit"]} for n in range(3)}
    assignment = {"group": "team", "permissionSets": list(sets), "units": ["Root"]}
    settings = config(groups={"team": {}}, permissionSets=sets, assignments=[assignment])
    settings["landfall:quotas"] = {"permissionSets": 2, "permissionSetsPerAccount": 2}
    assert set(mistakes(settings)) == {"permissionSets", "assignments"}
    del settings["landfall:quotas"]
    stack = parse(settings)
    assert stack.chosen((), ["Root"]) == ["audit", "orders"]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"instance": "arn:aws:sso:::instance/ssoins-1234567890abcdef"}, "instance"),
        ({"groups": {"a": {"id": "developers"}}}, "groups.a.id"),
        ({"permissionSets": {"a" * 33: {"managedPolicies": ["SecurityAudit"]}}}, "a" * 33),
        ({"permissionSets": {"a": {"sessionHours": 13}}}, "permissionSets.a.sessionHours"),
        (
            {"groups": {"a": {"id": GROUP, "description": "x"}}},
            "groups.a.description",
        ),
    ],
)
def test_identity_center_values_that_aws_refuses_are_refused(
    settings: dict[str, Any], place: str
) -> None:
    assert any(place in path for path in mistakes(config(**settings)))

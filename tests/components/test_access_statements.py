"""Statements with NotAction, and AWS's policies as boundaries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.blueprint.stack import blueprint
from landfall.settings.source import Locations
from landfall.validation import parse
from landfall.validation.kinds import Kind
from tests.components.conftest import Registered
from tests.settings.stacks import problems

Runner = Callable[[Callable[[], Any]], Registered]
POWER = "arn:aws:iam::aws:policy/PowerUserAccess"
ROLE: dict[str, Any] = {"principals": [{"account": "orders", "role": "ops"}]}
CONFIG: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {},
    "landfall:baseline": {"enabled": False},
    "landfall:accounts": {"orders": {"email": "orders@example.com"}},
    "landfall:access": {
        "boundaries": {"most": {"statements": [{"notActions": ["iam:*", "organizations:*"]}]}},
        "roles": {
            "bounded": {
                **ROLE,
                "boundary": "most",
                "statements": [
                    {"actions": "s3:*"},
                    {"effect": "Deny", "notActions": ["s3:GetObject"]},
                ],
            },
            "power": {**ROLE, "boundary": POWER, "managedPolicies": ["AdministratorAccess"]},
        },
        "identityCenter": {
            "instance": "ssoins-7223a1b2c3d4e5f6",
            "identityStore": "d-9067a1b2c3",
            "groups": {"people": {}},
            "permissionSets": {"work": {"managedPolicies": ["ReadOnlyAccess"], "boundary": POWER}},
            "assignments": [{"group": "people", "permissionSets": "work", "units": "Root"}],
        },
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    settings = parse(CONFIG, stack="test", locations=Locations("Pulumi.test.yaml"))
    assert {each.role.boundary for each in blueprint(settings).roles if each.role.boundary} == {
        POWER,
        "arn:aws:iam::<account orders>:policy/landfall/most",
    }
    return run(lambda: LandingZone(settings))


def test_boundary_allows_everything_but_the_listed_actions(registered: Registered) -> None:
    document = registered.document("aws:iam/policy:Policy", "orders-most", "policy")
    assert document["Statement"] == [
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": ["*"]}
    ]


def test_role_denies_everything_but_the_listed_actions(registered: Registered) -> None:
    token = "aws:iam/rolePolicy:RolePolicy"
    _, denial = registered.document(token, "orders-bounded", "policy")["Statement"]
    assert denial == {"Effect": "Deny", "NotAction": ["s3:GetObject"], "Resource": ["*"]}


def test_policy_of_aws_is_the_boundary_of_a_role_and_of_a_permission_set(
    registered: Registered,
) -> None:
    assert registered.of("aws:iam/role:Role")["orders-power"]["permissionsBoundary"] == POWER
    token = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
    bound = registered.of(token)["identity-center-work"]["permissionsBoundary"]
    assert bound == {"managedPolicyArn": POWER}
    assert {*registered.of("aws:iam/policy:Policy")} == {"orders-most"}


@pytest.mark.parametrize(
    ("role", "kind", "part"),
    [
        ({"statements": [{"notActions": "iam:*"}]}, Kind.INVALID_VALUE, "list the actions"),
        ({"statements": [{"effect": "Deny"}]}, Kind.INVALID_VALUE, "actions or notActions"),
        (
            {"managedPolicies": ["ReadOnlyAccess"], "boundary": "mots"},
            Kind.UNKNOWN_REFERENCE,
            "did you mean 'most'",
        ),
        (
            {"managedPolicies": ["ReadOnlyAccess"], "boundary": "arn:aws:iam::1:policy/x"},
            Kind.UNKNOWN_REFERENCE,
            "arn:aws:iam::aws:policy/NAME",
        ),
    ],
)
def test_statement_or_boundary_that_cannot_be_is_refused(
    role: dict[str, Any], kind: Kind, part: str
) -> None:
    config = json.loads(json.dumps(CONFIG))
    config["landfall:access"]["roles"]["bounded"] = {**ROLE, **role}
    (problem,) = problems(json.dumps({"config": config}))
    assert problem.id == kind
    assert part in f"{problem.what} {problem.fix}"

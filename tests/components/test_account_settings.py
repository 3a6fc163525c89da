"""Aliases, expired passwords, budget alerts and assignments to users, as resources and checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from landfall.validation.kinds import Kind
from tests.components.conftest import Registered
from tests.settings.stacks import problems

Runner = Callable[[Callable[[], Any]], Registered]
USER = "93c4e842-1061-70de-d4e8-0a8f5e8a3a1b"
TOPIC = "arn:aws:sns:eu-west-1:999999999999:costs"
CONFIG: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {"alias": "example", "units": {"Old": {"suspended": True}}},
    "landfall:accounts": {
        "orders": {"email": "orders@example.com", "alias": "example-orders"},
        "old": {"email": "old@example.com", "alias": "example-old", "unit": "Old"},
    },
    "landfall:baseline": {
        "passwordPolicy": {"maxAgeDays": 90, "hardExpiry": True},
        "budget": {
            "amount": 100,
            "actual": [80],
            "forecast": [],
            "actualAmounts": [50.5],
            "forecastAmounts": [200],
            "topic": TOPIC,
        },
    },
    "landfall:access": {
        "identityCenter": {
            "instance": "ssoins-7223a1b2c3d4e5f6",
            "identityStore": "d-9067a1b2c3",
            "groups": {"ada": {}},
            "users": {"ada": {"id": USER}},
            "permissionSets": {"look": {"managedPolicies": ["ReadOnlyAccess"]}},
            "assignments": [
                {"group": "ada", "permissionSets": "look", "accounts": "orders"},
                {"user": "ada", "permissionSets": "look", "accounts": "orders"},
            ],
        },
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    settings = parse(CONFIG, stack="test", locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def test_accounts_have_their_aliases_except_suspended_ones(registered: Registered) -> None:
    found = {
        (Registered.account_of(each), each.inputs["accountAlias"])
        for each in registered.resources
        if each.typ == "aws:iam/accountAlias:AccountAlias"
    }
    assert found == {("", "example"), ("orders", "example-orders")}


def test_expired_passwords_are_reset_by_an_administrator(registered: Registered) -> None:
    policies = registered.of("aws:iam/accountPasswordPolicy:AccountPasswordPolicy")
    assert policies["orders-baseline-passwords"]["hardExpiry"] is True
    assert policies["orders-baseline-passwords"]["maxPasswordAge"] == 90


def test_budget_alerts_by_percentage_and_amount_notify_a_topic(registered: Registered) -> None:
    budget = registered.of("aws:budgets/budget:Budget")["orders-oversight-budget"]
    alerts = budget["notifications"]
    assert [
        (each["notificationType"], each["threshold"], each["thresholdType"]) for each in alerts
    ] == [
        ("ACTUAL", 80, "PERCENTAGE"),
        ("ACTUAL", 50.5, "ABSOLUTE_VALUE"),
        ("FORECASTED", 200, "ABSOLUTE_VALUE"),
    ]
    assert all(each["subscriberSnsTopicArns"] == [TOPIC] for each in alerts)


def test_permission_set_is_assigned_to_a_user_and_a_group_of_one_name(
    registered: Registered,
) -> None:
    made = registered.of("aws:ssoadmin/accountAssignment:AccountAssignment")
    assert {name: (each["principalType"], each["principalId"]) for name, each in made.items()} == {
        "identity-center-ada-look@orders": ("GROUP", "group-ada"),
        "identity-center-user-ada-look@orders": ("USER", USER),
    }


def told(change: Callable[[dict[str, Any]], object]) -> list[tuple[str, str]]:
    config = json.loads(json.dumps(CONFIG))
    change(config)
    return [
        (each.id, each.path.partition(":")[2]) for each in problems(json.dumps({"config": config}))
    ]


def test_alias_of_two_accounts_is_refused() -> None:
    found = told(lambda it: it["landfall:accounts"]["orders"].update(alias="example"))
    assert found == [(Kind.NAME_TAKEN, "accounts.orders.alias")]


@pytest.mark.parametrize("alias", ["ab", "-orders", "orders--x", "Orders", "a" * 64])
def test_malformed_alias_is_refused(alias: str) -> None:
    ((_, path),) = told(lambda it: it["landfall:accounts"]["orders"].update(alias=alias))
    assert path == "accounts.orders.alias"


def test_alias_that_looks_like_an_id_is_refused() -> None:
    found = told(lambda it: it["landfall:organization"].update(alias="123456789012"))
    assert found == [(Kind.INVALID_VALUE, "organization.alias")]


def test_hard_expiry_without_expiry_is_refused() -> None:
    found = told(lambda it: it["landfall:baseline"]["passwordPolicy"].pop("maxAgeDays"))
    assert found == [(Kind.MISSING_SETTING, "baseline.passwordPolicy.hardExpiry")]


def test_budget_without_receivers_is_refused() -> None:
    found = told(lambda it: it["landfall:baseline"]["budget"].pop("topic"))
    assert found == [(Kind.MISSING_SETTING, "baseline.budget")]


def test_too_many_alerts_of_percentages_and_amounts_are_refused() -> None:
    found = told(lambda it: it["landfall:baseline"]["budget"].update(actualAmounts=[*range(1, 10)]))
    assert found == [(Kind.EXCEEDS_LIMIT, "baseline.budget")]


def test_assignment_to_an_unknown_user_is_refused() -> None:
    def change(config: dict[str, Any]) -> None:
        center = config["landfall:access"]["identityCenter"]
        center["assignments"][1]["user"] = "adda"

    path = "access.identityCenter.assignments[1].user"
    assert told(change) == [(Kind.UNKNOWN_REFERENCE, path)]


@pytest.mark.parametrize("who", [{}, {"group": "ada", "user": "ada"}])
def test_assignment_needs_either_a_group_or_a_user(who: dict[str, str]) -> None:
    def change(config: dict[str, Any]) -> None:
        given = {"permissionSets": "look", "accounts": "orders", **who}
        config["landfall:access"]["identityCenter"]["assignments"] = [given]

    ((kind, _),) = told(change)
    assert kind == Kind.INVALID_VALUE

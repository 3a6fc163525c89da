"""Budgets whose creation was interrupted, and existing or missing notifications."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of

BUDGET = {
    "BudgetName": "month",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    "TimePeriod": {
        "Start": datetime(2026, 1, 1, tzinfo=UTC),
        "End": datetime(2087, 6, 15, tzinfo=UTC),
    },
}
WHERE = {"AccountId": MANAGEMENT, "BudgetName": "month"}
ALERT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
AMOUNT = ALERT | {"ThresholdType": "ABSOLUTE_VALUE"}
SUBSCRIBER = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}


@pytest.fixture
def budgets(aws: Clients) -> Any:
    return aws("budgets")


@pytest.fixture
def bare(budgets: Any) -> Any:
    """A client, and a budget without notifications: the provider creates those by further calls."""
    budgets.create_budget(AccountId=MANAGEMENT, Budget=BUDGET)
    return budgets


def test_bare_budget_updated_by_the_next_run_can_be_read(bare: Any) -> None:
    assert bare.describe_notifications_for_budget(**WHERE)["Notifications"] == []
    changed = BUDGET | {"BudgetLimit": {"Amount": "20", "Unit": "USD"}}
    bare.update_budget(AccountId=MANAGEMENT, NewBudget=changed)
    bare.create_notification(**WHERE, Notification=ALERT, Subscribers=[SUBSCRIBER])
    found = bare.describe_budget(**WHERE)["Budget"]
    assert found["BudgetLimit"]["Amount"] == "20"
    assert found["TimePeriod"] == BUDGET["TimePeriod"]
    assert [each["BudgetName"] for each in _all(bare)] == ["month"]


def _all(budgets: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = budgets.describe_budgets(AccountId=MANAGEMENT)["Budgets"]
    return found


def test_notifications_of_a_missing_budget_are_not_found(budgets: Any) -> None:
    given = {**WHERE, "Notification": ALERT}
    for call, params in (
        (budgets.describe_notifications_for_budget, WHERE),
        (budgets.create_notification, {**given, "Subscribers": [SUBSCRIBER]}),
        (budgets.delete_notification, given),
        (budgets.describe_subscribers_for_notification, given),
    ):
        assert error_of(call, **params)[0] == "NotFoundException"


def test_notification_that_exists_is_a_duplicate(bare: Any) -> None:
    given = {**WHERE, "Subscribers": [SUBSCRIBER]}
    bare.create_notification(**given, Notification=ALERT)
    same = ALERT | {"ThresholdType": "PERCENTAGE"}
    code, _ = error_of(bare.create_notification, **given, Notification=same)
    assert code == "DuplicateRecordException"
    bare.create_notification(**given, Notification=AMOUNT)
    assert len(bare.describe_notifications_for_budget(**WHERE)["Notifications"]) == 2


def test_notification_that_is_missing_cannot_be_deleted(bare: Any) -> None:
    bare.create_notification(**WHERE, Notification=AMOUNT, Subscribers=[SUBSCRIBER])
    code, _ = error_of(bare.delete_notification, **WHERE, Notification=ALERT)
    assert code == "NotFoundException"
    bare.delete_notification(**WHERE, Notification=AMOUNT)
    assert bare.describe_notifications_for_budget(**WHERE)["Notifications"] == []

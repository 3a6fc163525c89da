"""Budgets: changes, notifications and their subscribers, and tags."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.budgets.models import Budget, Notification, budgets_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.tags import Tags

_tags = Tags()
_IDENTITY = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")


class NotFoundError(AWSError):
    """No such budget or notification: Budgets API Reference, DescribeBudget."""

    code = "NotFoundException"


class DuplicateRecordError(AWSError):
    """It exists: Budgets API Reference, CreateNotification and CreateSubscriber."""

    code = "DuplicateRecordException"


def _budget(request: Request, name: str) -> Budget:
    budgets = budgets_backends[request.account][request.partition].budgets
    found = budgets.get(request.account, {}).get(name)
    if found is None:
        raise NotFoundError(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Compare two notifications; the default threshold type is a percentage."""
    default = {"ThresholdType": "PERCENTAGE"}
    return all((default | {**one})[each] == (default | {**other})[each] for each in _IDENTITY)


def _notification(request: Request) -> Notification:
    """Return the notification of a request."""
    wanted = request.params["Notification"]
    for notification in _budget(request, request.params["BudgetName"]).notifications:
        if _same(notification.details, wanted):
            return notification
    raise NotFoundError("The notification does not exist.")


def _stored(value: Any) -> Any:
    """Return a parsed value in the emulator's format: JSON, with times in seconds."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Mapping):
        return {name: _stored(member) for name, member in value.items()}
    return value


@addition("budgets", "UpdateBudget")
def update_budget(request: Request) -> None:
    """Budgets API Reference, UpdateBudget."""
    new = request.params["NewBudget"]
    budget = _budget(request, new["BudgetName"]).budget
    budget.update(_stored(new), LastUpdatedTime=time.time())


@addition("budgets", "CreateNotification")
def create_notification(request: Request) -> None:
    """Budgets API Reference, CreateNotification; the emulator takes the same one twice."""
    wanted = request.params["Notification"]
    budget = _budget(request, request.params["BudgetName"])
    if any(_same(each.details, wanted) for each in budget.notifications):
        raise DuplicateRecordError("The notification already exists.")
    raise PassOnError


@addition("budgets", "DescribeNotificationsForBudget")
def describe_notifications(request: Request) -> None:
    """Budgets API Reference, DescribeNotificationsForBudget; the emulator wants the budget."""
    _budget(request, request.params["BudgetName"])
    raise PassOnError


@addition("budgets", "DeleteNotification")
def delete_notification(request: Request) -> None:
    """Budgets API Reference, DeleteNotification; the emulator takes what does not exist."""
    notification = _notification(request)
    _budget(request, request.params["BudgetName"]).notifications.remove(notification)


@addition("budgets", "DescribeSubscribersForNotification")
def describe_subscribers(request: Request) -> Mapping[str, Any]:
    """Budgets API Reference, DescribeSubscribersForNotification."""
    return {"Subscribers": _notification(request).subscribers}


@addition("budgets", "CreateSubscriber")
def create_subscriber(request: Request) -> None:
    """Budgets API Reference, CreateSubscriber."""
    subscribers, new = _notification(request).subscribers, request.params["Subscriber"]
    if new in subscribers:
        raise DuplicateRecordError("The subscriber already exists.")
    subscribers.append(new)


@addition("budgets", "DeleteSubscriber")
def delete_subscriber(request: Request) -> None:
    """Budgets API Reference, DeleteSubscriber."""
    subscribers, old = _notification(request).subscribers, request.params["Subscriber"]
    if old not in subscribers:
        raise NotFoundError("The subscriber does not exist.")
    subscribers.remove(old)


def _require(request: Request, arn: str) -> None:
    _budget(request, arn.rpartition(":budget/")[2])


_tags.serve("budgets", _require, arn="ResourceARN", tags="ResourceTags", keys="ResourceTagKeys")

"""Budgets: changes, the subscribers of notifications, and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.budgets.models import Budget, budgets_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.tags import Tags

_tags = Tags()
_IDENTITY = ("NotificationType", "ComparisonOperator", "Threshold")


class NotFoundError(AWSError):
    """No such budget or notification: Budgets API Reference, DescribeBudget."""

    code = "NotFoundException"


class DuplicateRecordError(AWSError):
    """Subscribed already: Budgets API Reference, CreateSubscriber."""

    code = "DuplicateRecordException"


def _budget(request: Request, name: str) -> Budget:
    budgets = budgets_backends[request.account][request.partition].budgets
    found = budgets.get(request.account, {}).get(name)
    if found is None:
        raise NotFoundError(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def _subscribers(request: Request) -> list[dict[str, Any]]:
    """Return the subscribers of the notification that a request names."""
    wanted = request.params["Notification"]
    for notification in _budget(request, request.params["BudgetName"]).notifications:
        if all(notification.details.get(member) == wanted.get(member) for member in _IDENTITY):
            subscribers: list[dict[str, Any]] = notification.subscribers
            return subscribers
    raise NotFoundError("The notification does not exist.")


@addition("budgets", "UpdateBudget")
def update_budget(request: Request) -> None:
    """Budgets API Reference, UpdateBudget."""
    new = request.params["NewBudget"]
    _budget(request, new["BudgetName"]).budget.update(new)


@addition("budgets", "DescribeSubscribersForNotification")
def describe_subscribers(request: Request) -> Mapping[str, Any]:
    """Budgets API Reference, DescribeSubscribersForNotification."""
    return {"Subscribers": _subscribers(request)}


@addition("budgets", "CreateSubscriber")
def create_subscriber(request: Request) -> None:
    """Budgets API Reference, CreateSubscriber."""
    subscribers, new = _subscribers(request), request.params["Subscriber"]
    if new in subscribers:
        raise DuplicateRecordError("The subscriber already exists.")
    subscribers.append(new)


@addition("budgets", "DeleteSubscriber")
def delete_subscriber(request: Request) -> None:
    """Budgets API Reference, DeleteSubscriber."""
    subscribers, old = _subscribers(request), request.params["Subscriber"]
    if old not in subscribers:
        raise NotFoundError("The subscriber does not exist.")
    subscribers.remove(old)


def _require(request: Request, arn: str) -> None:
    _budget(request, arn.rpartition(":budget/")[2])


_tags.serve("budgets", _require, arn="ResourceARN", tags="ResourceTags", keys="ResourceTagKeys")

"""Cost Explorer: monitors of anomalies, their subscriptions, and cost allocation tags.

Cost Explorer API Reference. No anomaly is ever found.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags


class LimitExceededError(AWSError):
    """A quota is reached: Cost Explorer API Reference, 'LimitExceededException'."""

    code = "LimitExceededException"


class UnknownMonitorError(AWSError):
    """No such monitor: Cost Explorer API Reference, 'UnknownMonitorException'."""

    code = "UnknownMonitorException"
    message = "The cost anomaly monitor does not exist for the account."


class UnknownSubscriptionError(AWSError):
    """No such subscription: Cost Explorer API Reference, 'UnknownSubscriptionException'."""

    code = "UnknownSubscriptionException"
    message = "The cost anomaly subscription does not exist for the account."


class ValidationError(AWSError):
    """A value is wrong: Cost Explorer API Reference, 'ValidationException'."""

    code = "ValidationException"


class DeniedError(AWSError):
    """The account may not ask: Cost Explorer API Reference, 'AccessDeniedException'."""

    code = "AccessDeniedException"


monitors: Store[dict[str, Any]] = Store(everywhere=True)
subscriptions: Store[dict[str, Any]] = Store(everywhere=True)
statuses: Store[str] = Store(everywhere=True)
tags = Tags()


@addition("ce", "CreateAnomalyMonitor")
def create_monitor(request: Request) -> Mapping[str, Any]:
    """CreateAnomalyMonitor; User Guide, 'Quotas': one monitor for each dimension."""
    wanted = request.params["AnomalyMonitor"]
    kept = monitors.of(request)
    dimension = wanted.get("MonitorDimension")
    if wanted["MonitorType"] == "DIMENSIONAL" and any(
        each.get("MonitorDimension") == dimension for each in kept.values()
    ):
        raise LimitExceededError("Limit exceeded on dimensional spend monitor creation")
    arn = request.arn("ce", f"anomalymonitor/{uuid.uuid4()}", region="")
    kept[arn] = {**wanted, "MonitorArn": arn}
    tags.add(request, arn, request.params.get("ResourceTags"))
    return {"MonitorArn": arn}


def _monitor(request: Request, arn: str) -> dict[str, Any]:
    if arn not in monitors.of(request):
        raise UnknownMonitorError
    return monitors.of(request)[arn]


@addition("ce", "GetAnomalyMonitors")
def get_monitors(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, GetAnomalyMonitors."""
    arns = request.params.get("MonitorArnList") or list(monitors.of(request))
    found = [_monitor(request, arn) for arn in arns]
    return paged("AnomalyMonitors", found, request.params, next_member="NextPageToken")


@addition("ce", "UpdateAnomalyMonitor")
def update_monitor(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, UpdateAnomalyMonitor: its name."""
    found = _monitor(request, request.params["MonitorArn"])
    if "MonitorName" in request.params:
        found["MonitorName"] = request.params["MonitorName"]
    return {"MonitorArn": found["MonitorArn"]}


@addition("ce", "DeleteAnomalyMonitor")
def delete_monitor(request: Request) -> None:
    """Cost Explorer API Reference, DeleteAnomalyMonitor."""
    arn = _monitor(request, request.params["MonitorArn"])["MonitorArn"]
    del monitors.of(request)[arn]
    tags.forget(request, arn)


def _check(request: Request, wanted: Mapping[str, Any]) -> None:
    """AnomalySubscription: DAILY and WEEKLY are for addresses, IMMEDIATE is for topics."""
    for arn in wanted.get("MonitorArnList", ()):
        _monitor(request, arn)
    kind = "SNS" if wanted.get("Frequency") == "IMMEDIATE" else "EMAIL"
    for subscriber in wanted.get("Subscribers", ()):
        if subscriber["Type"] != kind:
            raise ValidationError(
                f"Frequency {wanted.get('Frequency')} is not supported for {subscriber['Type']} "
                "subscribers"
            )


@addition("ce", "CreateAnomalySubscription")
def create_subscription(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, CreateAnomalySubscription."""
    wanted = request.params["AnomalySubscription"]
    _check(request, wanted)
    arn = request.arn("ce", f"anomalysubscription/{uuid.uuid4()}", region="")
    subscriptions.of(request)[arn] = {
        **wanted,
        "AccountId": request.account,
        "SubscriptionArn": arn,
    }
    tags.add(request, arn, request.params.get("ResourceTags"))
    return {"SubscriptionArn": arn}


def _subscription(request: Request, arn: str) -> dict[str, Any]:
    if arn not in subscriptions.of(request):
        raise UnknownSubscriptionError
    return subscriptions.of(request)[arn]


@addition("ce", "GetAnomalySubscriptions")
def get_subscriptions(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, GetAnomalySubscriptions."""
    arns = request.params.get("SubscriptionArnList") or list(subscriptions.of(request))
    found = [_subscription(request, arn) for arn in arns]
    return paged("AnomalySubscriptions", found, request.params, next_member="NextPageToken")


@addition("ce", "UpdateAnomalySubscription")
def update_subscription(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, UpdateAnomalySubscription."""
    arn = request.params["SubscriptionArn"]
    found = _subscription(request, arn)
    changes = {key: value for key, value in request.params.items() if key != "SubscriptionArn"}
    _check(request, {**found, **changes})
    found.update(changes)
    return {"SubscriptionArn": arn}


@addition("ce", "DeleteAnomalySubscription")
def delete_subscription(request: Request) -> None:
    """Cost Explorer API Reference, DeleteAnomalySubscription."""
    arn = _subscription(request, request.params["SubscriptionArn"])["SubscriptionArn"]
    del subscriptions.of(request)[arn]
    tags.forget(request, arn)


def _in_management(request: Request) -> None:
    backend = memberships.organization_of(request.account)
    if backend is not None and backend.account_id != request.account:
        # Billing User Guide, 'Organizing and tracking costs using cost allocation tags'.
        raise DeniedError("Linked account doesn't have access to cost allocation tags.")


@addition("ce", "UpdateCostAllocationTagsStatus")
def update_tags(request: Request) -> Mapping[str, Any]:
    """UpdateCostAllocationTagsStatus: by the management account; a key once in a request."""
    _in_management(request)
    for each in request.params["CostAllocationTagsStatus"]:
        statuses.of(request)[each["TagKey"]] = each["Status"]
    return {"Errors": []}


@addition("ce", "ListCostAllocationTags")
def list_tags(request: Request) -> Mapping[str, Any]:
    """Cost Explorer API Reference, ListCostAllocationTags."""
    _in_management(request)
    wanted = request.params.get("TagKeys")
    found = [
        {"TagKey": key, "Type": "UserDefined", "Status": status}
        for key, status in statuses.of(request).items()
        if (wanted is None or key in wanted) and request.params.get("Status", status) == status
    ]
    return paged("CostAllocationTags", found, request.params, size="MaxResults")


def _require(request: Request, arn: str) -> None:
    if arn not in monitors.of(request) and arn not in subscriptions.of(request):
        # A cost category, which the emulator has.
        raise PassOnError


tags.serve("ce", _require, tags="ResourceTags", keys="ResourceTagKeys")

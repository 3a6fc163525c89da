"""CodeStar Notifications: notification rules on repositories, builds, deployments and pipelines."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.across_services.destinations import may_reach
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

_SERVICE = "codestar-notifications"
_MAX_TARGETS = 10  # API Reference, CreateNotificationRule

_rules: Store[dict[str, Any]] = Store()
_tags = Tags(pairs=None)


class ResourceAlreadyExistsError(AWSError):
    """The resource has a rule of this name: API Reference, CreateNotificationRule."""

    code = "ResourceAlreadyExistsException"


class ResourceNotFoundError(AWSError):
    """No such rule: API Reference, DescribeNotificationRule."""

    code = "ResourceNotFoundException"


class ValidationError(AWSError):
    """An input that is refused: API Reference, CreateNotificationRule."""

    code = "ValidationException"


class LimitExceededError(AWSError):
    """Too many targets: API Reference, CreateNotificationRule."""

    code = "LimitExceededException"


def _rule(request: Request, arn: str) -> dict[str, Any]:
    rule = _rules.of(request).get(arn)
    if rule is None:
        raise ResourceNotFoundError(f"Notification rule not found: {arn}")
    return rule


_tags.serve(_SERVICE, _rule, arn="Arn")


def _event_types(resource: str, ids: Sequence[str]) -> list[dict[str, str]]:
    """Return the event types of ids; each must be of the resource's service."""
    service = resource.split(":")[2]
    for each in ids:
        if not each.startswith(f"{service}-"):
            raise ValidationError(f"Event type {each} is not valid for resource {resource}")
    return [
        {
            "EventTypeId": each,
            "ServiceName": service,
            "EventTypeName": each,
            "ResourceType": service,
        }
        for each in ids
    ]


def _targets(sent: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(sent) > _MAX_TARGETS:
        raise LimitExceededError(f"A notification rule has at most {_MAX_TARGETS} targets")
    return [{name: each[name] for name in ("TargetAddress", "TargetType")} for each in sent]


def _with_status(request: Request, target: Mapping[str, str]) -> dict[str, str]:
    """Return a target with its status: a topic that refuses the service is unreachable.

    API Reference, Target: `TargetStatus`; Developer Tools Console User Guide, 'Configure Amazon
    SNS topics for notifications'.
    """
    status = "ACTIVE" if _is_reached(request, target) else "UNREACHABLE"
    return {**target, "TargetStatus": status}


def _is_reached(request: Request, target: Mapping[str, str]) -> bool:
    if target["TargetType"] != "SNS":
        return True
    source = request.arn(_SERVICE, "notificationrule/*")
    return may_reach(f"{_SERVICE}.amazonaws.com", request.account, source, target["TargetAddress"])


@addition(_SERVICE, "CreateNotificationRule")
def create_notification_rule(request: Request) -> Mapping[str, Any]:
    """API Reference, CreateNotificationRule."""
    params = request.params
    for rule in _rules.of(request).values():
        if (rule["Name"], rule["Resource"]) == (params["Name"], params["Resource"]):
            raise ResourceAlreadyExistsError(f"The rule {params['Name']} already exists.")
    arn = request.arn(_SERVICE, f"notificationrule/{uuid.uuid4().hex}")
    now = datetime.now(UTC)
    _rules.of(request)[arn] = {
        "Arn": arn,
        "Name": params["Name"],
        "Resource": params["Resource"],
        "EventTypes": _event_types(params["Resource"], params["EventTypeIds"]),
        "Targets": _targets(params["Targets"]),
        "DetailType": params["DetailType"],
        "Status": params.get("Status", "ENABLED"),
        "CreatedBy": request.caller.principal,
        "CreatedTimestamp": now,
        "LastModifiedTimestamp": now,
    }
    _tags.add(request, arn, params.get("Tags"))
    return {"Arn": arn}


@addition(_SERVICE, "DescribeNotificationRule")
def describe_notification_rule(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeNotificationRule."""
    rule = _rule(request, request.params["Arn"])
    targets = [_with_status(request, each) for each in rule["Targets"]]
    return {**rule, "Targets": targets, "Tags": _tags.of(request, rule["Arn"])}


@addition(_SERVICE, "ListNotificationRules")
def list_notification_rules(request: Request) -> Mapping[str, Any]:
    """API Reference, ListNotificationRules; of its filters that by resource."""
    wanted = {
        each["Value"] for each in request.params.get("Filters", []) if each["Name"] == "RESOURCE"
    }
    listed = [
        {"Arn": arn, "Id": arn.rpartition("/")[2]}
        for arn, rule in _rules.of(request).items()
        if not wanted or rule["Resource"] in wanted
    ]
    return paged("NotificationRules", listed, request.params, size="MaxResults")


@addition(_SERVICE, "UpdateNotificationRule")
def update_notification_rule(request: Request) -> None:
    """API Reference, UpdateNotificationRule: what is sent replaces, the rest stays."""
    params = request.params
    rule = _rule(request, params["Arn"])
    if "EventTypeIds" in params:
        rule["EventTypes"] = _event_types(rule["Resource"], params["EventTypeIds"])
    if "Targets" in params:
        rule["Targets"] = _targets(params["Targets"])
    rule.update({key: params[key] for key in ("Name", "Status", "DetailType") if key in params})
    rule["LastModifiedTimestamp"] = datetime.now(UTC)


@addition(_SERVICE, "DeleteNotificationRule")
def delete_notification_rule(request: Request) -> Mapping[str, Any]:
    """API Reference, DeleteNotificationRule: a rule that is not there is no error."""
    arn = request.params["Arn"]
    _rules.of(request).pop(arn, None)
    _tags.forget(request, arn)
    return {"Arn": arn}

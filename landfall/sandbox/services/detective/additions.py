"""Amazon Detective: graphs, the organization's administrator and its members.

Detective API Reference, and Detective User Guide, 'Managing accounts'. A graph links no events.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services.administration import Administration
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags


class AccessDeniedError(AWSError):
    """The caller may not ask: Detective API Reference, 'AccessDeniedException'."""

    code = "AccessDeniedException"


class ConflictError(AWSError):
    """It is there already: Detective API Reference, 'ConflictException'."""

    code = "ConflictException"


class NotFoundError(AWSError):
    """It is not there: Detective API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"


class ValidationError(AWSError):
    """The request cannot be met: Detective API Reference, 'ValidationException'."""

    code = "ValidationException"


graphs: Store[dict[str, Any]] = Store()
members: Store[dict[str, Any]] = Store()
administration = Administration("detective.amazonaws.com", AccessDeniedError, ValidationError)
_automatic: Store[bool] = Store()
tags = Tags(pairs=None)


def _create(account: str, request: Request) -> str:
    resource = f"graph:{uuid4().hex}"
    arn = arn_of(request.partition, "detective", resource, region=request.region, account=account)
    graphs.at(account, request.region)["it"] = {"Arn": arn, "CreatedTime": datetime.now(UTC)}
    return arn


@addition("detective", "CreateGraph")
def create_graph(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, CreateGraph: one in each region."""
    if "it" in graphs.of(request):
        raise ConflictError("The account is already an administrator of a behavior graph.")
    arn = _create(request.account, request)
    tags.add(request, arn, request.params.get("Tags"))
    return {"GraphArn": arn}


@addition("detective", "ListGraphs")
def list_graphs(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, ListGraphs."""
    return paged("GraphList", list(graphs.of(request).values()), request.params, size="MaxResults")


def _graph(request: Request, arn: str) -> None:
    if graphs.of(request).get("it", {}).get("Arn") != arn:
        raise NotFoundError(f"The behavior graph {arn} does not exist.")


@addition("detective", "DeleteGraph")
def delete_graph(request: Request) -> None:
    """Detective API Reference, DeleteGraph."""
    arn = request.params["GraphArn"]
    _graph(request, arn)
    graphs.of(request).clear()
    members.of(request).clear()
    tags.forget(request, arn)


@addition("detective", "EnableOrganizationAdminAccount")
def enable_administrator(request: Request) -> None:
    """Detective API Reference, EnableOrganizationAdminAccount; it creates a missing graph."""
    account = request.params["AccountId"]
    administration.enable(request, account)
    if "it" not in graphs.at(account, request.region):
        _create(account, request)


@addition("detective", "DisableOrganizationAdminAccount")
def disable_administrator(request: Request) -> None:
    """Detective API Reference, DisableOrganizationAdminAccount; it deletes the graph."""
    held = administration.of(request)
    if held is None:
        raise ValidationError("There is no delegated administrator.")
    administration.disable(request, held)
    graphs.at(held, request.region).clear()
    members.at(held, request.region).clear()


@addition("detective", "ListOrganizationAdminAccounts")
def list_administrators(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, ListOrganizationAdminAccounts."""
    administration.managed(request)
    held = administration.of(request)
    if held is None:
        return {"Administrators": []}
    graph = graphs.at(held, request.region)["it"]
    found = {"AccountId": held, "GraphArn": graph["Arn"], "DelegationTime": graph["CreatedTime"]}
    return {"Administrators": [found]}


@addition("detective", "CreateMembers")
def create_members(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, CreateMembers: accounts of the organization need no invitation."""
    arn = request.params["GraphArn"]
    _graph(request, arn)
    backend = administration.administered(request)
    made, unprocessed = [], []
    for wanted in request.params["Accounts"]:
        account = wanted["AccountId"]
        if account == request.account or not administration.has(backend, account):
            why = "Account is the administrator, or not in the organization."
            unprocessed.append({"AccountId": account, "Reason": why})
            continue
        if account in members.of(request):
            unprocessed.append({"AccountId": account, "Reason": "Account is already a member."})
            continue
        now = datetime.now(UTC)
        members.of(request)[account] = {
            **wanted,
            "GraphArn": arn,
            "MasterId": request.account,
            "AdministratorId": request.account,
            "Status": "ENABLED",
            "InvitedTime": now,
            "UpdatedTime": now,
            "InvitationType": "ORGANIZATION",
        }
        made.append(members.of(request)[account])
    return {"Members": made, "UnprocessedAccounts": unprocessed}


@addition("detective", "GetMembers")
def get_members(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, GetMembers."""
    _graph(request, request.params["GraphArn"])
    kept, wanted = members.of(request), request.params["AccountIds"]
    return {
        "MemberDetails": [kept[each] for each in wanted if each in kept],
        "UnprocessedAccounts": [
            {"AccountId": each, "Reason": "Account is not a member."}
            for each in wanted
            if each not in kept
        ],
    }


@addition("detective", "ListMembers")
def list_members(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, ListMembers."""
    _graph(request, request.params["GraphArn"])
    found = list(members.of(request).values())
    return paged("MemberDetails", found, request.params, size="MaxResults")


@addition("detective", "DeleteMembers")
def delete_members(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, DeleteMembers."""
    _graph(request, request.params["GraphArn"])
    wanted = request.params["AccountIds"]
    gone = [each for each in wanted if members.of(request).pop(each, None) is not None]
    return {
        "AccountIds": gone,
        "UnprocessedAccounts": [
            {"AccountId": each, "Reason": "Account is not a member."}
            for each in wanted
            if each not in gone
        ],
    }


@addition("detective", "DescribeOrganizationConfiguration")
def describe_configuration(request: Request) -> Mapping[str, Any]:
    """Detective API Reference, DescribeOrganizationConfiguration."""
    administration.administered(request)
    _graph(request, request.params["GraphArn"])
    return {"AutoEnable": _automatic.of(request).get("it", False)}


@addition("detective", "UpdateOrganizationConfiguration")
def update_configuration(request: Request) -> None:
    """Detective API Reference, UpdateOrganizationConfiguration."""
    administration.administered(request)
    _graph(request, request.params["GraphArn"])
    _automatic.of(request)["it"] = bool(request.params.get("AutoEnable", False))


tags.serve("detective", _graph)

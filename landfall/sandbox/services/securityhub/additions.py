"""Security Hub: turning it on, its standards, and who administers it for the organization.

Central configuration is in `securityhub_central`. No control is ever checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.organizations.models import OrganizationsBackend

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services.delegation import (
    delegates,
    deregister,
    is_member,
    register,
    trust,
)
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags
from landfall.sandbox.services.securityhub import additions_central as central
from landfall.sandbox.services.securityhub.additions_central import (
    InvalidAccessError,
    InvalidInputError,
    ResourceConflictError,
    ResourceNotFoundError,
)
from landfall.sandbox.services.securityhub.additions_standards import of_region

_SERVICE = "securityhub.amazonaws.com"
hubs: Store[dict[str, Any]] = Store()
subscriptions: Store[dict[str, Any]] = Store()
tags = Tags(pairs=None)


class AccessDeniedError(AWSError):
    """Not the management account's call: Security Hub API Reference, 'AccessDeniedException'."""

    code = "AccessDeniedException"
    message = "User is not authorized to perform the requested action."


def _hub(request: Request) -> dict[str, Any]:
    """Return the account's hub, its own or the one that the organization's policy makes.

    User Guide, 'Enabling Security Hub CSPM for multiple accounts': it is not enabled by itself in
    the management account.
    """
    own = hubs.of(request).get("default")
    policy = central.policy_for(request)
    is_made = policy is not None and policy["ServiceEnabled"]
    if own is None and (not is_made or memberships.is_management(request.account)):
        raise InvalidAccessError(f"Account {request.account} is not subscribed to AWS Security Hub")
    if own is None:
        own = hubs.of(request)["default"] = _new(request, {})
    return own


def _new(request: Request, params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "HubArn": request.arn("securityhub", "hub/default"),
        "SubscribedAt": datetime.now(UTC).isoformat(),
        "AutoEnableControls": True,
        "ControlFindingGenerator": params.get("ControlFindingGenerator", "SECURITY_CONTROL"),
    }


@addition("securityhub", "EnableSecurityHub")
def enable(request: Request) -> None:
    """Security Hub API Reference, EnableSecurityHub."""
    if "default" in hubs.of(request):
        raise ResourceConflictError("Account is already subscribed to Security Hub")
    hub = hubs.of(request)["default"] = _new(request, request.params)
    tags.add(request, hub["HubArn"], request.params.get("Tags"))
    if request.params.get("EnableDefaultStandards", True):
        for arn, standard in of_region(request).items():
            if standard["EnabledByDefault"]:
                _subscribe(request, arn)


@addition("securityhub", "UpdateSecurityHubConfiguration")
def update(request: Request) -> None:
    """Security Hub API Reference, UpdateSecurityHubConfiguration."""
    keys = ("AutoEnableControls", "ControlFindingGenerator")
    _hub(request).update({key: request.params[key] for key in keys if key in request.params})


@addition("securityhub", "DescribeHub")
def describe(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, DescribeHub."""
    hub = _hub(request)
    if request.params.get("HubArn", hub["HubArn"]) != hub["HubArn"]:
        raise ResourceNotFoundError(f"no hub was found with ARN {request.params['HubArn']}")
    return hub


@addition("securityhub", "DisableSecurityHub")
def disable(request: Request) -> None:
    """Security Hub API Reference, DisableSecurityHub: not for who administers, nor for members."""
    _hub(request)
    if central.administrator(request) is not None:
        raise InvalidInputError("Account is managed by the organization's Security Hub")
    hubs.of(request).clear()
    subscriptions.of(request).clear()


def _managed(request: Request) -> OrganizationsBackend:
    backend = memberships.organization_of(request.account)
    if backend is None or backend.org is None or backend.account_id != request.account:
        raise AccessDeniedError
    return backend


@addition("securityhub", "EnableOrganizationAdminAccount")
def enable_administrator(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, EnableOrganizationAdminAccount.

    User Guide, 'Designating a delegated administrator': one account in all regions, a member of the
    organization; Security Hub is turned on in it.
    """
    backend, account = _managed(request), request.params["AdminAccountId"]
    if not is_member(backend, account):
        raise InvalidInputError(f"Account {account} is not a member of the organization")
    if any(each != account for each in delegates(backend, _SERVICE)):
        raise ResourceConflictError("Another account is the organization's administrator already")
    trust(backend, _SERVICE)
    if account not in delegates(backend, _SERVICE):
        register(backend, account, _SERVICE)
    central.administrators.of(request)["id"] = account
    theirs = hubs.at(account, request.region)
    if "default" not in theirs:
        theirs["default"] = {
            **_new(request, {}),
            "HubArn": arn_of(
                request.partition,
                "securityhub",
                "hub/default",
                region=request.region,
                account=account,
            ),
        }
    return {"AdminAccountId": account, "Feature": "SecurityHub"}


@addition("securityhub", "DisableOrganizationAdminAccount")
def disable_administrator(request: Request) -> None:
    """Security Hub API Reference, DisableOrganizationAdminAccount."""
    backend, account = _managed(request), request.params["AdminAccountId"]
    if central.administrators.of(request).get("id") != account:
        raise ResourceNotFoundError(f"{account} is not the delegated administrator")
    central.forget(request, account)
    if not central.administered_anywhere(backend.account_id):
        deregister(backend, account, _SERVICE)


@addition("securityhub", "ListOrganizationAdminAccounts")
def list_administrators(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, ListOrganizationAdminAccounts."""
    _managed(request)
    held = central.administrators.of(request).get("id")
    found = [{"AccountId": held, "Status": "ENABLED"}] if held else []
    return {"AdminAccounts": found}


def _subscribe(request: Request, standard: str) -> dict[str, Any]:
    tail = standard.partition("standards/")[2] or standard.partition("ruleset/")[2]
    arn = request.arn("securityhub", f"subscription/{tail}")
    found: dict[str, Any] = subscriptions.of(request).setdefault(
        arn,
        {
            "StandardsSubscriptionArn": arn,
            "StandardsArn": standard,
            "StandardsInput": {},
            "StandardsStatus": "READY",
        },
    )
    return found


@addition("securityhub", "BatchEnableStandards")
def enable_standards(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, BatchEnableStandards."""
    _hub(request)
    wanted = [each["StandardsArn"] for each in request.params["StandardsSubscriptionRequests"]]
    if central.policy_for(request) is not None:
        raise InvalidInputError("Standards of this account are configured centrally")
    for arn in wanted:
        if arn not in of_region(request):
            raise InvalidInputError(f"Invalid StandardsArn: {arn}")
    return {"StandardsSubscriptions": [_subscribe(request, arn) for arn in wanted]}


@addition("securityhub", "BatchDisableStandards")
def disable_standards(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, BatchDisableStandards."""
    _hub(request)
    kept, arns = subscriptions.of(request), request.params["StandardsSubscriptionArns"]
    if any(arn not in kept for arn in arns):
        raise InvalidInputError("Invalid StandardsSubscriptionArn")
    gone = [{**kept.pop(arn), "StandardsStatus": "DELETING"} for arn in arns]
    return {"StandardsSubscriptions": gone}


@addition("securityhub", "GetEnabledStandards")
def enabled_standards(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, GetEnabledStandards."""
    _hub(request)
    policy = central.policy_for(request)
    if policy is not None:
        kept = subscriptions.of(request)
        kept.clear()
        for standard in central.standards(request, policy):
            _subscribe(request, standard)
    wanted = request.params.get("StandardsSubscriptionArns")
    found = [it for arn, it in subscriptions.of(request).items() if not wanted or arn in wanted]
    return paged("StandardsSubscriptions", found, request.params, size="MaxResults")


@addition("securityhub", "DescribeStandards")
def describe_standards(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, DescribeStandards."""
    found = [{"StandardsArn": arn, **each} for arn, each in of_region(request).items()]
    return paged("Standards", found, request.params, size="MaxResults")


def _require(request: Request, arn: str) -> None:
    if arn.endswith(":hub/default"):
        _hub(request)
    else:
        central.require(request, arn)


tags.serve("securityhub", _require, arn="ResourceArn", tags="Tags", keys="TagKeys")

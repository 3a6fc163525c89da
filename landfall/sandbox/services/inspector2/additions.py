"""Amazon Inspector: the organization's administrator, its members and their scans.

Inspector API Reference, and Inspector User Guide, 'Managing multiple accounts'. Nothing is scanned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.across_services.administration import Administration
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

# Resource type -> its member of states.
_STATES = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}


class AccessDeniedError(AWSError):
    """The caller may not ask: Inspector API Reference, 'AccessDeniedException'."""

    code = "AccessDeniedException"


class NotFoundError(AWSError):
    """It is not there: Inspector API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"


class ValidationError(AWSError):
    """The request cannot be met: Inspector API Reference, 'ValidationException'."""

    code = "ValidationException"

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="OTHER")


class ConflictError(AWSError):
    """It is there already: Inspector API Reference, 'ConflictException'."""

    code = "ConflictException"


def _invalid(why: str) -> AWSError:
    already = why.endswith("already")
    return ConflictError(f"The request failed: {why}.") if already else ValidationError(why)


administration = Administration("inspector2.amazonaws.com", AccessDeniedError, _invalid)
members: Store[dict[str, Any]] = Store()
scans: Store[set[str]] = Store()
_automatic: Store[dict[str, bool]] = Store()


@addition("inspector2", "EnableDelegatedAdminAccount")
def enable_administrator(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, EnableDelegatedAdminAccount."""
    account = request.params["delegatedAdminAccountId"]
    administration.enable(request, account)
    return {"delegatedAdminAccountId": account}


@addition("inspector2", "DisableDelegatedAdminAccount")
def disable_administrator(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, DisableDelegatedAdminAccount."""
    account = request.params["delegatedAdminAccountId"]
    administration.disable(request, account)
    members.at(account, request.region).clear()
    return {"delegatedAdminAccountId": account}


@addition("inspector2", "ListDelegatedAdminAccounts")
def list_administrators(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, ListDelegatedAdminAccounts."""
    administration.managed(request)
    held = administration.of(request)
    found = [{"accountId": held, "status": "ENABLED"}] if held else []
    return {"delegatedAdminAccounts": found}


@addition("inspector2", "GetDelegatedAdminAccount")
def get_administrator(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, GetDelegatedAdminAccount."""
    held = administration.of(request)
    if held is None:
        raise NotFoundError("There is no delegated administrator.")
    return {"delegatedAdmin": {"accountId": held, "relationshipStatus": "ENABLED"}}


@addition("inspector2", "AssociateMember")
def associate_member(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, AssociateMember."""
    backend, account = administration.administered(request), request.params["accountId"]
    if account == request.account:
        raise ValidationError("The delegated administrator cannot be a member of itself.")
    if not administration.has(backend, account):
        raise ValidationError(f"Account {account} is not a member of the organization.")
    members.of(request)[account] = {
        "accountId": account,
        "delegatedAdminAccountId": request.account,
        "relationshipStatus": "ENABLED",
        "updatedAt": datetime.now(UTC),
    }
    return {"accountId": account}


def _member(request: Request) -> dict[str, Any]:
    administration.administered(request)
    found = members.of(request).get(request.params["accountId"])
    if found is None:
        raise NotFoundError(f"Account {request.params['accountId']} is not a member.")
    return found


@addition("inspector2", "GetMember")
def get_member(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, GetMember."""
    return {"member": _member(request)}


@addition("inspector2", "ListMembers")
def list_members(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, ListMembers: associated ones, unless all are asked for."""
    administration.administered(request)
    everyone = request.params.get("onlyAssociated") is False
    found = [
        each
        for each in members.of(request).values()
        if everyone or each["relationshipStatus"] == "ENABLED"
    ]
    return paged("members", found, request.params, next_member="nextToken", size="maxResults")


@addition("inspector2", "DisassociateMember")
def disassociate_member(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, DisassociateMember."""
    _member(request).update(relationshipStatus="REMOVED", updatedAt=datetime.now(UTC))
    return {"accountId": request.params["accountId"]}


def _may(request: Request, account: str) -> bool:
    """Return whether the caller may enable and disable scans of an account."""
    if account == request.account:
        return True
    own = members.of(request).get(account, {})
    return (
        administration.of(request) == request.account and own.get("relationshipStatus") == "ENABLED"
    )


def _status(types: set[str], each: str) -> str:
    return "ENABLED" if each in types else "DISABLED"


def _account(request: Request, account: str) -> dict[str, Any]:
    types = scans.at(account, request.region).get("it", set())
    status = "ENABLED" if types else "DISABLED"
    states = {member: _status(types, each) for each, member in _STATES.items()}
    return {"accountId": account, "status": status, "resourceStatus": states}


def _answer(request: Request, accounts: Sequence[str]) -> dict[str, Any]:
    return {
        "accounts": [_account(request, each) for each in accounts if _may(request, each)],
        "failedAccounts": [
            {
                "accountId": each,
                "errorCode": "ACCESS_DENIED",
                "errorMessage": "The account is not a member of the caller.",
            }
            for each in accounts
            if not _may(request, each)
        ],
    }


@addition("inspector2", "Enable")
def enable(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, Enable; User Guide: code scans need scans of functions."""
    accounts = request.params.get("accountIds") or [request.account]
    wanted = {*request.params["resourceTypes"]}
    for account in accounts:
        if _may(request, account):
            kept = scans.at(account, request.region).setdefault("it", set())
            if "LAMBDA_CODE" in wanted and "LAMBDA" not in {*kept, *wanted}:
                raise ValidationError("LAMBDA_CODE cannot be enabled without LAMBDA.")
            kept |= wanted
    return _answer(request, accounts)


@addition("inspector2", "Disable")
def disable(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, Disable: without types, all of them."""
    accounts = request.params.get("accountIds") or [request.account]
    unwanted = {*(request.params.get("resourceTypes") or _STATES)}
    for account in accounts:
        if _may(request, account):
            kept = scans.at(account, request.region).setdefault("it", set())
            if "LAMBDA" in unwanted and "LAMBDA_CODE" in kept - unwanted:
                raise ValidationError("LAMBDA cannot be disabled while LAMBDA_CODE is enabled.")
            kept -= unwanted
    return _answer(request, accounts)


@addition("inspector2", "BatchGetAccountStatus")
def account_status(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, BatchGetAccountStatus."""
    answer = _answer(request, request.params.get("accountIds") or [request.account])
    found = []
    for each in answer["accounts"]:
        states = {member: _state(status) for member, status in each["resourceStatus"].items()}
        found.append(
            {
                "accountId": each["accountId"],
                "state": _state(each["status"]),
                "resourceState": states,
            }
        )
    return {"accounts": found, "failedAccounts": answer["failedAccounts"]}


def _state(status: str) -> dict[str, str]:
    return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": ""}


@addition("inspector2", "DescribeOrganizationConfiguration")
def describe_configuration(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, DescribeOrganizationConfiguration."""
    administration.administered(request)
    off = {"ec2": False, "ecr": False, "lambda": False, "lambdaCode": False}
    kept = _automatic.of(request).get("it", {})
    return {"autoEnable": {**off, **kept}, "maxAccountLimitReached": False}


@addition("inspector2", "UpdateOrganizationConfiguration")
def update_configuration(request: Request) -> Mapping[str, Any]:
    """Inspector API Reference, UpdateOrganizationConfiguration."""
    administration.administered(request)
    _automatic.of(request)["it"] = dict(request.params["autoEnable"])
    return {"autoEnable": request.params["autoEnable"]}

"""Amazon Macie: sessions, the organization's administrator and its members; nothing is ever found.

Macie API Reference, and Macie User Guide, 'Managing Macie accounts with AWS Organizations'.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.aws.arns import arn_of, iam_arn
from landfall.sandbox.across_services.administration import Administration
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags


class AccessDeniedError(AWSError):
    """The caller may not ask: Macie API Reference, 'AccessDeniedException'."""

    code = "AccessDeniedException"


class ConflictError(AWSError):
    """It is there already: Macie API Reference, 'ConflictException'."""

    code = "ConflictException"


class NotFoundError(AWSError):
    """It is not there: Macie API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"
    message = "The request failed because the specified resource doesn't exist."


class ValidationError(AWSError):
    """The request cannot be met: Macie API Reference, 'ValidationException'."""

    code = "ValidationException"


def _denied(why: str) -> AWSError:
    return AccessDeniedError(f"The request failed because {why}.")


def _invalid(why: str) -> AWSError:
    return ConflictError(f"The request failed because {why}.")


sessions: Store[dict[str, Any]] = Store()
members: Store[dict[str, Any]] = Store()
administration = Administration("macie.amazonaws.com", _denied, _invalid)
tags = Tags(pairs=None)


def _session(request: Request) -> dict[str, Any]:
    if "it" not in sessions.of(request):
        raise AccessDeniedError("Macie is not enabled")
    return sessions.of(request)["it"]


def _enable(account: str, request: Request, **settings: Any) -> None:
    now = datetime.now(UTC)
    role = "role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"
    sessions.at(account, request.region)["it"] = {
        "createdAt": now,
        "findingPublishingFrequency": settings.get("findingPublishingFrequency")
        or "FIFTEEN_MINUTES",
        "serviceRole": iam_arn(request.partition, account, role),
        "status": settings.get("status") or "ENABLED",
        "updatedAt": now,
    }


@addition("macie2", "EnableMacie")
def enable_macie(request: Request) -> None:
    """Macie API Reference, EnableMacie: once in each region."""
    if "it" in sessions.of(request):
        raise ConflictError("Macie has already been enabled")
    _enable(request.account, request, **request.params)


@addition("macie2", "GetMacieSession")
def get_session(request: Request) -> Mapping[str, Any]:
    """Macie API Reference, GetMacieSession."""
    return _session(request)


@addition("macie2", "UpdateMacieSession")
def update_session(request: Request) -> None:
    """Macie API Reference, UpdateMacieSession."""
    keys = ("findingPublishingFrequency", "status")
    given = {key: request.params[key] for key in keys if key in request.params}
    _session(request).update(given, updatedAt=datetime.now(UTC))


@addition("macie2", "DisableMacie")
def disable_macie(request: Request) -> None:
    """Macie API Reference, DisableMacie: not while members are associated, nor in a member."""
    _session(request)
    if any(each["relationshipStatus"] == "Enabled" for each in members.of(request).values()):
        raise ConflictError("Cannot disable Macie while associated with member accounts")
    administrator = administration.of(request)
    own = members.at(administrator or "", request.region).get(request.account, {})
    if own.get("relationshipStatus") == "Enabled":
        raise ConflictError("Cannot disable Macie while associated with an administrator account")
    sessions.of(request).clear()


@addition("macie2", "EnableOrganizationAdminAccount")
def enable_administrator(request: Request) -> None:
    """Macie API Reference, EnableOrganizationAdminAccount; Macie is enabled in the account."""
    account = request.params["adminAccountId"]
    administration.enable(request, account)
    if "it" not in sessions.at(account, request.region):
        _enable(account, request)


@addition("macie2", "DisableOrganizationAdminAccount")
def disable_administrator(request: Request) -> None:
    """Macie API Reference, DisableOrganizationAdminAccount."""
    administration.disable(request, request.params["adminAccountId"])
    members.at(request.params["adminAccountId"], request.region).clear()


@addition("macie2", "ListOrganizationAdminAccounts")
def list_administrators(request: Request) -> Mapping[str, Any]:
    """Macie API Reference, ListOrganizationAdminAccounts."""
    administration.managed(request)
    held = administration.of(request)
    found = [{"accountId": held, "status": "ENABLED"}] if held else []
    return {"adminAccounts": found}


@addition("macie2", "CreateMember")
def create_member(request: Request) -> Mapping[str, Any]:
    """Macie API Reference, CreateMember; User Guide, 'Adding member accounts'.

    Macie enables itself in member accounts, but not in the management account.
    """
    backend = administration.administered(request)
    _session(request)
    account = request.params["account"]["accountId"]
    kept = members.of(request)
    if account == request.account:
        raise ValidationError("The request failed because the account is your own account.")
    if account in kept and kept[account]["relationshipStatus"] == "Enabled":
        raise ConflictError("The request failed because the account is already a member.")
    if not administration.has(backend, account):
        raise ValidationError(
            "The request failed because the account is not in your organization, and the sandbox "
            "sends no invitations."
        )
    if "it" not in sessions.at(account, request.region):
        if account == backend.account_id:
            raise ValidationError(
                "The request failed because Macie is not enabled in the management account."
            )
        _enable(account, request)
    arn = arn_of(
        request.partition,
        "macie2",
        f"member/{account}",
        region=request.region,
        account=request.account,
    )
    kept[account] = {
        "accountId": account,
        "administratorAccountId": request.account,
        "arn": arn,
        "email": request.params["account"]["email"],
        "masterAccountId": request.account,
        "relationshipStatus": "Enabled",
        "updatedAt": datetime.now(UTC),
    }
    tags.add(request, arn, request.params.get("tags"))
    return {"arn": arn}


def _member(request: Request) -> dict[str, Any]:
    found = members.of(request).get(request.params["id"])
    if found is None:
        raise NotFoundError
    return found


@addition("macie2", "GetMember")
def get_member(request: Request) -> Mapping[str, Any]:
    """Macie API Reference, GetMember."""
    found = _member(request)
    return {**found, "tags": tags.of(request, found["arn"])}


@addition("macie2", "ListMembers")
def list_members(request: Request) -> Mapping[str, Any]:
    """Macie API Reference, ListMembers: associated ones, unless all are asked for."""
    everyone = str(request.params.get("onlyAssociated", "true")).lower() == "false"
    found = [
        {**each, "tags": tags.of(request, each["arn"])}
        for each in members.of(request).values()
        if everyone or each["relationshipStatus"] == "Enabled"
    ]
    return paged("members", found, request.params, next_member="nextToken", size="maxResults")


@addition("macie2", "DisassociateMember")
def disassociate_member(request: Request) -> None:
    """Macie API Reference, DisassociateMember."""
    _member(request).update(relationshipStatus="Removed", updatedAt=datetime.now(UTC))


@addition("macie2", "DeleteMember")
def delete_member(request: Request) -> None:
    """Macie API Reference, DeleteMember: a disassociated one."""
    found = _member(request)
    if found["relationshipStatus"] == "Enabled":
        raise ConflictError("member accounts must be disassociated before deletion")
    del members.of(request)[found["accountId"]]
    tags.forget(request, found["arn"])


def _require(request: Request, arn: str) -> None:
    if arn not in {each["arn"] for each in members.of(request).values()}:
        raise NotFoundError


tags.serve("macie2", _require, arn="resourceArn", tags="tags", keys="tagKeys")

"""Account Management: access to other accounts, names, and operations the emulator lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.account.models import account_backends

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate import memberships, regions
from landfall.sandbox.gate.background import later
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.settings.regions import ENABLED_BY_DEFAULT, PARTITIONS

_SERVICE = "account.amazonaws.com"
_names: Store[str] = Store(everywhere=True)


class AccessDeniedError(AWSError):
    """The caller may not act on the account: Reference Guide, 'Account API permissions'."""

    code = "AccessDeniedException"
    status = 403

    def __init__(self, request: Request, why: str) -> None:
        super().__init__(
            f"User: {request.caller.principal} is not authorized to perform: "
            f"account:{request.operation} ({why})"
        )


class ResourceNotFoundError(AWSError):
    """No such contact: Reference Guide, GetAlternateContact."""

    code = "ResourceNotFoundException"
    message = "No contact of the inputted alternate contact type found."
    status = 404


def target(request: Request) -> str:
    """Return the account that a request is about: Reference Guide, 'AccountId'.

    Only the management account and a delegated administrator may pass another id; they need
    trusted access, and must not pass their own.
    """
    wanted: str | None = request.params.get("AccountId")
    if wanted is None:
        return request.account
    backend = memberships.organization_of(request.account)
    if backend is None:
        raise AccessDeniedError(request, "Your organization must first enable trusted access.")
    delegates = [each.account.id for each in backend.admins if _SERVICE in each.services]
    if request.account not in (backend.account_id, *delegates):
        raise AccessDeniedError(
            request,
            "You don't have permissions to access the AWS account specified. Only the management "
            "account and a delegated administrator may name one.",
        )
    if wanted == request.account == backend.account_id:
        raise AccessDeniedError(
            request,
            "The management account can only be managed using the standalone context from the "
            "management account.",
        )
    if wanted not in [account.id for account in backend.accounts]:
        raise AccessDeniedError(request, "The account isn't a member of your organization.")
    if _SERVICE not in [service["ServicePrincipal"] for service in backend.services]:
        raise AccessDeniedError(request, "Your organization must first enable trusted access.")
    return wanted


@addition("account", "PutAlternateContact")
def put_alternate_contact(request: Request) -> None:
    """Reference Guide, PutAlternateContact."""
    params = request.params
    account_backends[target(request)][request.partition].put_alternate_contact(
        params["AlternateContactType"],
        params["EmailAddress"],
        params["Name"],
        params["PhoneNumber"],
        params["Title"],
    )


@addition("account", "GetAlternateContact")
def get_alternate_contact(request: Request) -> Mapping[str, Any]:
    """Reference Guide, GetAlternateContact."""
    contact = _contacts(request).get(request.params["AlternateContactType"])
    if contact is None:
        raise ResourceNotFoundError
    return {
        "AlternateContact": {
            "AlternateContactType": contact.alternate_contact_type,
            "Name": contact.name,
            "Title": contact.title,
            "EmailAddress": contact.email_address,
            "PhoneNumber": contact.phone_number,
        }
    }


@addition("account", "DeleteAlternateContact")
def delete_alternate_contact(request: Request) -> None:
    """Reference Guide, DeleteAlternateContact."""
    if _contacts(request).pop(request.params["AlternateContactType"], None) is None:
        raise ResourceNotFoundError


def _contacts(request: Request) -> dict[str, Any]:
    backend = account_backends[target(request)][request.partition]
    kept: dict[str, Any] = backend._alternate_contacts
    return kept


@addition("account", "PutAccountName")
def put_account_name(request: Request) -> None:
    """Rename an account, also as its organization shows it: Reference Guide, PutAccountName."""
    account = target(request)
    name = request.params["AccountName"]
    _names.at(account)["name"] = name
    found = memberships.member(account)
    if found is not None:
        found.name = name


@addition("account", "GetAccountInformation")
def get_account_information(request: Request) -> Mapping[str, Any]:
    """Reference Guide, GetAccountInformation."""
    account = target(request)
    found = memberships.member(account)
    name = _names.at(account).get("name", found.name if found else "")
    described: dict[str, Any] = {"AccountId": account, "AccountName": name}
    if found is not None:
        described["AccountCreatedDate"] = found.create_time
    return described


class ValidationError(AWSError):
    """A region that cannot be changed: Reference Guide, EnableRegion."""

    code = "ValidationException"


def _opt_in(request: Request) -> tuple[dict[str, str], str]:
    """Return the enabled regions of the account of a request, and the region that it names."""
    region = request.params["RegionName"]
    known = PARTITIONS.get(region) == request.partition
    if not known or (request.partition == "aws" and region in ENABLED_BY_DEFAULT):
        raise ValidationError(f"Region {region} cannot be enabled or disabled.")
    return regions.enabled.at(target(request)), region


@addition("account", "EnableRegion")
def enable_region(request: Request) -> None:
    """Reference Guide, EnableRegion; it takes minutes on AWS, the seconds of the quota here."""
    enabled, region = _opt_in(request)
    seconds = quota("account.region_seconds")
    if not seconds or enabled.get(region) == "ENABLED":
        enabled[region] = "ENABLED"
        return
    enabled[region] = "ENABLING"

    def enable() -> None:
        enabled[region] = "ENABLED"

    later("region", seconds, enable)


@addition("account", "DisableRegion")
def disable_region(request: Request) -> None:
    """Reference Guide, DisableRegion."""
    enabled, region = _opt_in(request)
    enabled.pop(region, None)


@addition("account", "GetRegionOptStatus")
def get_region_status(request: Request) -> Mapping[str, Any]:
    """Reference Guide, GetRegionOptStatus."""
    region, account = request.params["RegionName"], target(request)
    if request.partition != "aws" or region in ENABLED_BY_DEFAULT:
        return {"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT"}
    return {"RegionName": region, "RegionOptStatus": regions.status(account, region)}

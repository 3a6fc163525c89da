"""Who administers GuardDuty of an organization, and what the administrator configures."""

from __future__ import annotations

from typing import Any

from moto.guardduty.models import guardduty_backends
from moto.organizations.models import OrganizationsBackend

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

administrators: Store[str] = Store()
configurations: Store[dict[str, Any]] = Store()


class BadRequestError(AWSError):
    """What cannot be done: GuardDuty API Reference, 'BadRequestException'."""

    code = "BadRequestException"

    def __init__(self, message: str) -> None:
        super().__init__(
            f"The request is rejected because {message}.", Type="InvalidInputException"
        )


class ConflictError(AWSError):
    """It is there already: GuardDuty API Reference, 'ConflictException'."""

    code = "ConflictException"


def managed(request: Request) -> OrganizationsBackend:
    """Return the organization that the caller manages."""
    backend = memberships.organization_of(request.account)
    if backend is None or backend.org is None:
        raise BadRequestError("the account is not a member of an organization")
    if backend.account_id != request.account:
        raise BadRequestError("the caller is not the management account of the organization")
    return backend


def administrator(request: Request) -> str | None:
    """Return who administers GuardDuty of the organization in this region."""
    backend = memberships.organization_of(request.account)
    if backend is None:
        return None
    return administrators.at(backend.account_id, request.region).get("id")


def configured(request: Request) -> dict[str, Any]:
    """Return the organization's configuration, for its administrator alone."""
    backend = guardduty_backends[request.account][request.region]
    if request.params["DetectorId"] not in backend.detectors:
        raise BadRequestError("the input detectorId is not owned by the current account")
    if administrator(request) != request.account:
        raise BadRequestError("the caller is not the delegated administrator of the organization")
    return configurations.of(request).setdefault("it", {"members": "NONE", "features": {}})


def turn_on(account: str, region: str) -> None:
    """Give an account a detector, where it has none."""
    backend = guardduty_backends[account][region]
    if not backend.detectors:
        backend.create_detector(True, "SIX_HOURS", {}, {}, [])

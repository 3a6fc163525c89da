"""CloudFormation StackSets: trusted access to the organization has calls of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.across_services.delegation import trust, trusted
from landfall.sandbox.gate.memberships import organization_of
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.cloudformation.limits import (
    STACK_SETS,
    InvalidOperationError,
    activated,
)


@addition("cloudformation", "ActivateOrganizationsAccess")
def activate(request: Request) -> None:
    """API Reference, ActivateOrganizationsAccess: by the management account.

    It also enables trusted access in AWS Organizations.
    """
    backend = organization_of(request.account)
    if backend is None or backend.account_id != request.account:
        raise InvalidOperationError(
            "You must be the management account of an organization to activate organizations access"
        )
    if not trusted(backend, STACK_SETS):
        trust(backend, STACK_SETS)
    activated.at(request.account)["is"] = True


@addition("cloudformation", "DeactivateOrganizationsAccess")
def deactivate(request: Request) -> None:
    """API Reference, DeactivateOrganizationsAccess."""
    activated.at(request.account).clear()


@addition("cloudformation", "DescribeOrganizationsAccess")
def describe(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeOrganizationsAccess."""
    backend = organization_of(request.account)
    owner = backend.account_id if backend is not None else request.account
    return {"Status": "ENABLED" if activated.at(owner) else "DISABLED"}

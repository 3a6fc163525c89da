"""AWS Firewall Manager: the organization's default administrator.

Firewall Manager API Reference. Policies of Firewall Manager are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.across_services.administration import Administration
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request

# AWS WAF Developer Guide, 'Creating a Firewall Manager default administrator account'.
_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


class InvalidOperationError(AWSError):
    """It cannot be done here: API Reference, 'InvalidOperationException'."""

    code = "InvalidOperationException"


class InvalidInputError(AWSError):
    """The account cannot be it: API Reference, 'InvalidInputException'."""

    code = "InvalidInputException"


class NotFoundError(AWSError):
    """There is none: API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"
    message = "No default administrator could be found for this organization."


administration = Administration("fms.amazonaws.com", InvalidOperationError, InvalidInputError)


def _in_home(request: Request) -> None:
    if request.region != _REGIONS[request.partition]:
        raise InvalidOperationError(
            f"This operation is not supported in the '{request.region}' region."
        )


@addition("fms", "AssociateAdminAccount")
def associate(request: Request) -> None:
    """Firewall Manager API Reference, AssociateAdminAccount; it is repeatable."""
    _in_home(request)
    administration.managed(request)
    account = request.params["AdminAccount"]
    if administration.of(request) != account:
        administration.enable(request, account)


@addition("fms", "GetAdminAccount")
def get(request: Request) -> Mapping[str, Any]:
    """Firewall Manager API Reference, GetAdminAccount."""
    _in_home(request)
    held = administration.of(request)
    if held is None:
        raise NotFoundError
    return {"AdminAccount": held, "RoleStatus": "READY"}


@addition("fms", "DisassociateAdminAccount")
def disassociate(request: Request) -> None:
    """Firewall Manager API Reference, DisassociateAdminAccount: by the administrator itself."""
    _in_home(request)
    held = administration.of(request)
    if held is None:
        raise NotFoundError
    if request.account != held:
        administration.managed(request)
    administration.end(request, held)

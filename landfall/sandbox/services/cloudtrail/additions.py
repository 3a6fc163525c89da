"""CloudTrail: its delegated administrator."""

from __future__ import annotations

from moto.organizations.models import OrganizationsBackend

from landfall.sandbox.across_services.delegation import (
    delegates,
    deregister,
    is_member,
    register,
    trusted,
)
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.cloudtrail.limits import (
    SERVICE,
    CloudTrailAccessNotEnabledError,
    OrganizationsNotInUseError,
)

_MOST = 3


class NotOrganizationManagementAccountError(AWSError):
    """The caller is not the management account: RegisterOrganizationDelegatedAdmin."""

    code = "NotOrganizationManagementAccountException"
    message = "This action can only be performed by the management account of the organization."


class CannotDelegateManagementAccountError(AWSError):
    """The account is the management account: RegisterOrganizationDelegatedAdmin."""

    code = "CannotDelegateManagementAccountException"
    message = "The management account of an organization cannot be a delegated administrator."


class AccountNotFoundError(AWSError):
    """The account is not a member: RegisterOrganizationDelegatedAdmin."""

    code = "AccountNotFoundException"
    message = "The specified account was not found or is not part of the organization."


class AccountRegisteredError(AWSError):
    """Registered already: RegisterOrganizationDelegatedAdmin."""

    code = "AccountRegisteredException"
    message = (
        "The specified account is already registered as the CloudTrail delegated administrator."
    )


class AccountNotRegisteredError(AWSError):
    """Not registered: DeregisterOrganizationDelegatedAdmin."""

    code = "AccountNotRegisteredException"
    message = "The specified account is not registered as the CloudTrail delegated administrator."


class DelegatedAdminAccountLimitExceededError(AWSError):
    """Three at most: User Guide, 'Organization delegated administrator'."""

    code = "DelegatedAdminAccountLimitExceededException"
    message = "The maximum number of CloudTrail delegated administrators is reached."


def _managed(request: Request) -> OrganizationsBackend:
    backend = memberships.organization_of(request.account)
    if backend is None or backend.org is None:
        raise OrganizationsNotInUseError
    if backend.account_id != request.account:
        raise NotOrganizationManagementAccountError
    return backend


@addition("cloudtrail", "RegisterOrganizationDelegatedAdmin")
def register_delegated_admin(request: Request) -> None:
    """CloudTrail API Reference, RegisterOrganizationDelegatedAdmin."""
    backend, account = _managed(request), request.params["MemberAccountId"]
    if account == backend.account_id:
        raise CannotDelegateManagementAccountError
    if not is_member(backend, account):
        raise AccountNotFoundError
    if not trusted(backend, SERVICE):
        raise CloudTrailAccessNotEnabledError
    if account in delegates(backend, SERVICE):
        raise AccountRegisteredError
    if len(delegates(backend, SERVICE)) >= _MOST:
        raise DelegatedAdminAccountLimitExceededError
    register(backend, account, SERVICE)


@addition("cloudtrail", "DeregisterOrganizationDelegatedAdmin")
def deregister_delegated_admin(request: Request) -> None:
    """CloudTrail API Reference, DeregisterOrganizationDelegatedAdmin."""
    backend, account = _managed(request), request.params["DelegatedAdminAccountId"]
    if account not in delegates(backend, SERVICE):
        raise AccountNotRegisteredError
    deregister(backend, account, SERVICE)

"""Organizations: who may call, units, accounts. Policies: `organizations_policies`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.organizations.models import FakeAccount, FakeOrganizationalUnit, OrganizationsBackend

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.memberships import organization_of, parents
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.organizations import limits_policies as limits_policies
from landfall.sandbox.services.organizations.limits_delegation import is_delegated

_FOR_MEMBERS = frozenset({"CreateOrganization", "DescribeOrganization", "LeaveOrganization"})


class AccessDeniedError(AWSError):
    """A member account calls what is the management account's: API Reference, 'Actions'."""

    code = "AccessDeniedException"
    message = "You don't have permissions to access this resource."


class NotInUseError(AWSError):
    """The account is in no organization: API Reference, DescribeOrganization."""

    code = "AWSOrganizationsNotInUseException"
    message = "Your account is not a member of an organization."


class ConstraintViolationError(AWSError):
    """A quota or a rule is exceeded: API Reference, 'ConstraintViolationException'."""

    code = "ConstraintViolationException"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, Reason=reason)


class ParentNotFoundError(AWSError):
    """No such root or unit: API Reference, CreateOrganizationalUnit."""

    code = "ParentNotFoundException"
    message = "You specified parent that doesn't exist."


class InvalidInputError(AWSError):
    """A parameter has an invalid value: API Reference, 'InvalidInputException'."""

    code = "InvalidInputException"


class DuplicateOrganizationalUnitError(AWSError):
    """A sibling has the name: API Reference, CreateOrganizationalUnit."""

    code = "DuplicateOrganizationalUnitException"
    message = "An OU with the same name already exists."


class OrganizationalUnitNotFoundError(AWSError):
    """No such unit: API Reference, DeleteOrganizationalUnit."""

    code = "OrganizationalUnitNotFoundException"
    message = "You specified an organizational unit that doesn't exist."


class OrganizationalUnitNotEmptyError(AWSError):
    """Accounts or units are in it: API Reference, DeleteOrganizationalUnit."""

    code = "OrganizationalUnitNotEmptyException"
    message = (
        "The specified organizational unit is not empty. Move all accounts to another root or to "
        "other organizational units, remove all child OUs, and try the operation again."
    )


class OrganizationNotEmptyError(AWSError):
    """Members remain: API Reference, DeleteOrganization."""

    code = "OrganizationNotEmptyException"
    message = (
        "The organization isn't empty. To delete an organization, you must first remove all "
        "accounts except the management account."
    )


class AccountNotFoundError(AWSError):
    """No such account in the organization: API Reference, MoveAccount."""

    code = "AccountNotFoundException"
    message = (
        "We can't find an AWS account with the AccountId that you specified, or the account whose "
        "credentials you used to make this request isn't a member of an organization."
    )


class SourceParentNotFoundError(AWSError):
    """The account is not where the request says: API Reference, MoveAccount."""

    code = "SourceParentNotFoundException"
    message = "We can't find a source root or OU with the ParentId that you specified."


class DestinationParentNotFoundError(AWSError):
    """No such destination: API Reference, MoveAccount."""

    code = "DestinationParentNotFoundException"
    message = "We can't find the destination container (a root or OU) with the specified ID."


class DuplicateAccountError(AWSError):
    """The account is there already: API Reference, MoveAccount."""

    code = "DuplicateAccountException"
    message = "That account is already present in the specified destination."


class MasterCannotLeaveOrganizationError(AWSError):
    """The management account stays: API Reference, RemoveAccountFromOrganization."""

    code = "MasterCannotLeaveOrganizationException"
    message = "You can't remove a management account from an organization."


class TooManyRequestsError(AWSError):
    """Throttled: API Reference, CreateAccount."""

    code = "TooManyRequestsException"

    def __init__(self, kind: str) -> None:
        super().__init__(
            "You have sent too many requests in too short a period of time. The quota helps "
            "protect against denial-of-service attacks. Try again later.",
            Type=kind,
        )


def managed(request: Request) -> OrganizationsBackend:
    """Return the organization that the caller's account manages."""
    backend = organization_of(request.account)
    if backend is None or backend.org is None:
        raise NotInUseError
    return backend


@limit("organizations", "*")
def only_the_management_account(request: Request) -> None:
    """Refuse members: API Reference, 'This operation can be called only from ...'.

    Delegated administrators read, and manage the policies that the resource policy delegates.
    """
    if request.operation in _FOR_MEMBERS:
        return
    backend = managed(request)
    if backend.account_id != request.account and not is_delegated(request, backend):
        raise AccessDeniedError


def _unit(backend: OrganizationsBackend, unit_id: str) -> FakeOrganizationalUnit | None:
    return next((unit for unit in backend.ou if unit.id == unit_id), None)


@limit("organizations", "CreateOrganizationalUnit")
def unit_depth_and_names(request: Request) -> None:
    """User Guide, 'Quotas': depth 5, 2,000 units; API Reference, CreateOrganizationalUnit."""
    backend, params = managed(request), request.params
    if _unit(backend, params["ParentId"]) is None:
        raise ParentNotFoundError
    # The root is the last of the parents and no level of its own.
    if len(list(parents(backend, params["ParentId"]))) >= quota("organizations.unit_depth"):
        raise ConstraintViolationError(
            "OU_DEPTH_LIMIT_EXCEEDED", "You have exceeded the allowed organizational unit depth."
        )
    if len(backend.ou) - 1 >= quota("organizations.units"):
        raise ConstraintViolationError(
            "OU_NUMBER_LIMIT_EXCEEDED",
            "You have exceeded the allowed number of organizational units.",
        )
    _require_unique(backend, params["ParentId"], params["Name"])


@limit("organizations", "UpdateOrganizationalUnit")
def unit_names_stay_unique(request: Request) -> None:
    """API Reference, UpdateOrganizationalUnit: unique among the siblings."""
    backend, params = managed(request), request.params
    unit = _unit(backend, params["OrganizationalUnitId"])
    if unit is None:
        raise OrganizationalUnitNotFoundError
    if params.get("Name") and params["Name"] != unit.name:
        _require_unique(backend, unit.parent_id, params["Name"])


def _require_unique(backend: OrganizationsBackend, parent: str | None, name: str) -> None:
    if any(unit.parent_id == parent and unit.name == name for unit in backend.ou):
        raise DuplicateOrganizationalUnitError


@limit("organizations", "DeleteOrganizationalUnit")
def units_go_empty(request: Request) -> None:
    """API Reference, DeleteOrganizationalUnit."""
    backend, unit = managed(request), request.params["OrganizationalUnitId"]
    if _unit(backend, unit) is None:
        raise OrganizationalUnitNotFoundError
    children: list[Any] = [*backend.ou, *backend.accounts]
    if any(child.parent_id == unit for child in children):
        raise OrganizationalUnitNotEmptyError


@limit("organizations", "DeleteOrganization")
def organizations_go_empty(request: Request) -> None:
    """API Reference, DeleteOrganization; accounts that are closed still count."""
    backend = managed(request)
    if any(account.id != backend.account_id for account in backend.accounts):
        raise OrganizationNotEmptyError


def _account(backend: OrganizationsBackend, account_id: str) -> FakeAccount:
    for account in backend.accounts:
        if account.id == account_id:
            return account
    raise AccountNotFoundError


@limit("organizations", "MoveAccount")
def accounts_move_from_where_they_are(request: Request) -> None:
    """API Reference, MoveAccount."""
    backend, params = managed(request), request.params
    account = _account(backend, params["AccountId"])
    if account.parent_id != params["SourceParentId"]:
        raise SourceParentNotFoundError
    if _unit(backend, params["DestinationParentId"]) is None:
        raise DestinationParentNotFoundError
    if account.parent_id == params["DestinationParentId"]:
        raise DuplicateAccountError


@limit("organizations", "RemoveAccountFromOrganization")
def accounts_stay_a_week(request: Request) -> None:
    """User Guide, 'Remove a member account': a created account waits before it can leave."""
    backend = managed(request)
    account = _account(backend, request.params["AccountId"])
    if account.id == backend.account_id:
        raise MasterCannotLeaveOrganizationError
    age = datetime.now(UTC) - account.create_time.astimezone(UTC)
    if age < timedelta(days=quota("organizations.days_before_leaving")):
        raise ConstraintViolationError(
            "WAIT_PERIOD_ACTIVE",
            "You can't remove this account from the organization yet: the account was created by "
            f"Organizations less than {quota('organizations.days_before_leaving')} days ago.",
        )


_UNRECOGNIZED = frozenset({"stacksets.cloudformation.amazonaws.com"})


@limit("organizations", "EnableAWSServiceAccess", "RegisterDelegatedAdministrator")
def recognized_services(request: Request) -> None:
    """Refuse a principal that the emulator knows, and AWS does not.

    https://github.com/pepperize/cdk-organizations/issues/1718
    """
    if request.params["ServicePrincipal"] in _UNRECOGNIZED:
        raise InvalidInputError("You specified an unrecognized service principal.")


@limit("organizations", "RegisterDelegatedAdministrator")
def delegates_of_trusted_services(request: Request) -> None:
    """API Reference, RegisterDelegatedAdministrator: trusted access comes first."""
    backend, params = managed(request), request.params
    account = _account(backend, params["AccountId"])
    if account.id == backend.account_id:
        raise ConstraintViolationError(
            "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
            "You cannot register master account/yourself as delegated administrator for your "
            "organization.",
        )
    if account.status != "ACTIVE":
        raise ConstraintViolationError(
            "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
            "You cannot register a suspended account as a delegated administrator.",
        )
    enabled = [service["ServicePrincipal"] for service in backend.services]
    if params["ServicePrincipal"] not in enabled:
        raise ConstraintViolationError(
            "SERVICE_ACCESS_NOT_ENABLED",
            "You attempted to register a delegated administrator before you enabled service "
            "access. Call the EnableAWSServiceAccess API first.",
        )

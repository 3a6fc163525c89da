"""IAM operations that the emulator lacks: central management of member accounts' root users.

IAM User Guide, 'Centralize root access for member accounts'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from moto.organizations.models import OrganizationsBackend

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_SERVICE: Final = "iam.amazonaws.com"
_CREDENTIALS, _SESSIONS = "RootCredentialsManagement", "RootSessions"
_enabled: Store[bool] = Store(everywhere=True)


class OrganizationNotFoundError(AWSError):
    """The account is in no organization: API Reference, ListOrganizationsFeatures."""

    code = "OrganizationNotFoundException"
    message = "The request was rejected because no organization is associated with your account."


class ServiceAccessNotEnabledError(AWSError):
    """No trusted access: API Reference, EnableOrganizationsRootCredentialsManagement."""

    code = "ServiceAccessNotEnabledException"
    message = (
        "The request was rejected because trusted access is not enabled for IAM in Organizations."
    )


class NotAdministratorError(AWSError):
    """Another account's request: API Reference, EnableOrganizationsRootCredentialsManagement."""

    code = "AccountNotManagementOrDelegatedAdministratorException"
    message = (
        "The request was rejected because the account making the request is not the management "
        "account or delegated administrator account for centralized root access."
    )


def _organization(request: Request) -> OrganizationsBackend:
    backend = memberships.organization_of(request.account)
    if backend is None or backend.org is None:
        raise OrganizationNotFoundError
    if _SERVICE not in [service["ServicePrincipal"] for service in backend.services]:
        raise ServiceAccessNotEnabledError
    delegates = [each.account.id for each in backend.admins if _SERVICE in each.services]
    if request.account not in (backend.account_id, *delegates):
        raise NotAdministratorError
    return backend


def _answer(backend: OrganizationsBackend) -> Mapping[str, Any]:
    assert backend.org is not None  # noqa: S101 - the caller looked
    return {
        "OrganizationId": backend.org.id,
        "EnabledFeatures": sorted(_enabled.at(backend.account_id)),
    }


@addition("iam", "ListOrganizationsFeatures")
def list_features(request: Request) -> Mapping[str, Any]:
    """IAM API Reference, ListOrganizationsFeatures."""
    return _answer(_organization(request))


@addition("iam", "EnableOrganizationsRootCredentialsManagement")
def enable_credentials(request: Request) -> Mapping[str, Any]:
    """IAM API Reference, EnableOrganizationsRootCredentialsManagement."""
    return _set(request, _CREDENTIALS, enabled=True)


@addition("iam", "EnableOrganizationsRootSessions")
def enable_sessions(request: Request) -> Mapping[str, Any]:
    """IAM API Reference, EnableOrganizationsRootSessions."""
    return _set(request, _SESSIONS, enabled=True)


@addition("iam", "DisableOrganizationsRootCredentialsManagement")
def disable_credentials(request: Request) -> Mapping[str, Any]:
    """IAM API Reference, DisableOrganizationsRootCredentialsManagement."""
    return _set(request, _CREDENTIALS, enabled=False)


@addition("iam", "DisableOrganizationsRootSessions")
def disable_sessions(request: Request) -> Mapping[str, Any]:
    """IAM API Reference, DisableOrganizationsRootSessions."""
    return _set(request, _SESSIONS, enabled=False)


def _set(request: Request, feature: str, *, enabled: bool) -> Mapping[str, Any]:
    backend = _organization(request)
    features = _enabled.at(backend.account_id)
    if enabled:
        features[feature] = True
    else:
        features.pop(feature, None)
    return _answer(backend)

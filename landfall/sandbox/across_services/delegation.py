"""Delegated administrators in AWS Organizations.

Organizations User Guide, 'Delegated administrator for AWS services that work with Organizations'.
"""

from __future__ import annotations

from collections.abc import Iterator

from moto.organizations.models import FakeDelegatedAdministrator, OrganizationsBackend

from landfall.sandbox.gate import memberships


def trusted(backend: OrganizationsBackend, service: str) -> bool:
    """Return whether a service has trusted access."""
    return any(each["ServicePrincipal"] == service for each in backend.services)


def trust(backend: OrganizationsBackend, service: str) -> None:
    """Enable trusted access, as some services do automatically."""
    backend.enable_aws_service_access(ServicePrincipal=service)


def delegates(backend: OrganizationsBackend, service: str) -> list[str]:
    """Return the delegated administrators of a service."""
    return [admin.account.id for admin in backend.admins if service in admin.services]


def register(backend: OrganizationsBackend, account: str, service: str) -> None:
    """Register a member account as delegated administrator of a service."""
    for admin in backend.admins:
        if admin.account.id == account:
            admin.add_service_principal(service)
            return
    admin = FakeDelegatedAdministrator(backend.get_account_by_id(account))
    admin.add_service_principal(service)
    backend.admins.append(admin)


def deregister(backend: OrganizationsBackend, account: str, service: str) -> None:
    """Remove a registration."""
    backend.deregister_delegated_administrator(AccountId=account, ServicePrincipal=service)


def administered(account: str, service: str) -> OrganizationsBackend | None:
    """Return the organization that an account manages, or whose service it administers."""
    backend = memberships.organization_of(account)
    if backend is None or backend.org is None:
        return None
    if account == backend.account_id or account in delegates(backend, service):
        return backend
    return None


def is_member(backend: OrganizationsBackend, account: str) -> bool:
    """Return whether an account is a member account of the organization."""
    return account != backend.account_id and any(each.id == account for each in backend.accounts)


def accounts_of(backend: OrganizationsBackend) -> Iterator[str]:
    """Yield the active accounts, including the management account."""
    yield from (each.id for each in backend.accounts if each.status == "ACTIVE")

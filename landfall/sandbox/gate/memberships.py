"""Read the emulator's organization: the organization, path and state of an account."""

from __future__ import annotations

from collections.abc import Iterator

from moto.organizations.models import (
    FakeAccount,
    FakeOrganizationalUnit,
    OrganizationsBackend,
    organizations_backends,
)


def organization_of(account: str) -> OrganizationsBackend | None:
    """Return the organization that an account manages or is a member of."""
    if account in organizations_backends.master_accounts:
        account, partition = organizations_backends.master_accounts[account]
        return organizations_backends[account][partition]
    if account in list(organizations_backends.keys()):
        for backend in list(organizations_backends[account].values()):
            if backend.org is not None:
                return backend
    return None


def is_management(account: str) -> bool:
    """Return whether an account is the management account of its organization."""
    backend = organization_of(account)
    return backend is not None and backend.account_id == account


def organization_id(account: str) -> str | None:
    """Return `o-...`, or None for an account outside every organization."""
    backend = organization_of(account)
    return backend.org.id if backend is not None and backend.org is not None else None


def management_account(account: str) -> str | None:
    """Return the management account of an account's organization."""
    backend = organization_of(account)
    return backend.account_id if backend is not None else None


def member(account: str) -> FakeAccount | None:
    """Return the emulator's account, None for one outside every organization."""
    backend = organization_of(account)
    if backend is None:
        return None
    return next((found for found in backend.accounts if found.id == account), None)


def parents(backend: OrganizationsBackend, child: str) -> Iterator[FakeOrganizationalUnit]:
    """Yield the organizational units above an OU or account, the nearest first, the root last."""
    units = {unit.id: unit for unit in backend.ou}
    at = units.get(child) or next((each for each in backend.accounts if each.id == child), None)
    while at is not None and at.parent_id in units:
        at = units[at.parent_id]
        yield at


def organization_path(account: str) -> str | None:
    """Return the value of `aws:PrincipalOrgPaths`: `o-.../r-.../ou-.../`."""
    backend = organization_of(account)
    if backend is None or backend.org is None:
        return None
    above = [unit.id for unit in parents(backend, account)]
    return "/".join([backend.org.id, *reversed(above)]) + "/"

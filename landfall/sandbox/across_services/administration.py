"""The administrator of a service in each region, as Macie, Inspector and Detective have one.

Organizations User Guide, 'AWS services that you can use with AWS Organizations': enabling the
administrator through the service's own API also enables trusted access and registers the account.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from moto.organizations.models import OrganizationsBackend

from landfall.sandbox.across_services.delegation import (
    delegates,
    deregister,
    is_member,
    register,
    trust,
)
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

Refuse = Callable[[str], AWSError]


@dataclass
class Administration:
    """The administrators of one service, by management account and region.

    `denied` is the service's error for a caller who may not ask, `invalid` for another account than
    the organization allows, each with a message.
    """

    service: str
    denied: Refuse
    invalid: Refuse
    administrators: Store[str] = field(default_factory=Store)

    def managed(self, request: Request) -> OrganizationsBackend:
        """Return the organization that the caller manages."""
        backend = memberships.organization_of(request.account)
        if backend is None or backend.org is None or backend.account_id != request.account:
            raise self.denied("the caller is not the management account of an organization")
        return backend

    def enable(self, request: Request, account: str) -> None:
        """Make a member account the administrator in the request's region."""
        backend = self.managed(request)
        if not is_member(backend, account):
            raise self.invalid(f"account {account} is not a member of the organization")
        if any(each != account for each in delegates(backend, self.service)):
            raise self.invalid("another account is the delegated administrator already")
        if self.administrators.of(request).get("id") == account:
            raise self.invalid(f"account {account} is the delegated administrator already")
        trust(backend, self.service)
        if account not in delegates(backend, self.service):
            register(backend, account, self.service)
        self.administrators.of(request)["id"] = account

    def disable(self, request: Request, account: str) -> None:
        """End the administration in the request's region, for the management account."""
        self.managed(request)
        if self.administrators.of(request).get("id") != account:
            raise self.invalid(f"account {account} is not the delegated administrator")
        self.end(request, account)

    def end(self, request: Request, account: str) -> None:
        """End the administration in the region; after the last region, the registration."""
        backend = memberships.organization_of(request.account)
        if backend is None:
            return
        self.administrators.at(backend.account_id, request.region).pop("id", None)
        if not self.administrators.everywhere(backend.account_id):
            deregister(backend, account, self.service)

    def of(self, request: Request) -> str | None:
        """Return who administers the service of the caller's organization in the region."""
        backend = memberships.organization_of(request.account)
        if backend is None:
            return None
        return self.administrators.at(backend.account_id, request.region).get("id")

    def administered(self, request: Request) -> OrganizationsBackend:
        """Return the organization whose service the caller administers in the region."""
        backend = memberships.organization_of(request.account)
        if backend is None or self.of(request) != request.account:
            raise self.denied("the caller is not the delegated administrator")
        return backend

    @staticmethod
    def has(backend: OrganizationsBackend, account: str) -> bool:
        """Return whether an account is in the organization, as its management account may be."""
        return account == backend.account_id or is_member(backend, account)

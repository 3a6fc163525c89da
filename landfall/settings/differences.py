"""Settings of a security service that differ in some units and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from landfall.settings.base import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landfall.settings.stack import Stack


class Differing(Protocol):
    """A service's settings, with those of some units by path and of some accounts by name."""

    @property
    def units(self) -> Mapping[str, Any]:
        """The differences of units, with all accounts below them."""

    @property
    def accounts(self) -> Mapping[str, Any]:
        """The differences of accounts."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Any:
        """Return a copy with other values."""


Service = TypeVar("Service", bound=Differing)


def _over(base: Service, difference: Settings | None) -> Service:
    """Return a service's settings with the values that a difference sets."""
    if difference is None:
        return base
    given = {name: getattr(difference, name) for name in difference.model_fields_set}
    copied: Service = base.model_copy(update=given)
    return copied


def of_unit(stack: Stack, service: Service, unit: str) -> Service:
    """Return a service's settings in a unit: the nearest of its path win."""
    found = service
    for path, _ in stack.organization.around(unit):
        found = _over(found, service.units.get(path))
    return found


def of_account(stack: Stack, service: Service, account: str) -> Service:
    """Return a service's settings in an account: its own, those of its units, the service's."""
    found = of_unit(stack, service, stack.accounts[account].unit)
    return _over(found, service.accounts.get(account))

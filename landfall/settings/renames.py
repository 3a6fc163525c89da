"""The former logical names of resources of whatever was renamed in the stack file.

Logical names contain keys of the stack file. `formerly` is the former key.
"""

from __future__ import annotations

import re
from functools import cached_property

from landfall.settings import naming
from landfall.settings.delivery_renames import READ_ROLE, DeliveryRenames
from landfall.settings.organization_tree import Unit, account_target
from landfall.settings.stack import Stack

_DELIVERY = "landfall:delivery:"
_KEY_OF_ACCOUNT = "landfall:delivery:ServiceKey"
_ACCOUNT_ITSELF = (
    "landfall:account:Account",
    "aws:organizations/account:Account",
    "pulumi:providers:aws",
)
# The format of `naming.policy`.
_PACKED = re.compile(r"(?P<head>.+)-(?P<kind>scp|rcp)-(?P<number>\d+)")
_OF_ORGANIZATION = "organization/"
_OF_IDENTITY_CENTER = "identity-center-"


class Renames:
    """The renames in one stack's settings."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.accounts = {
            key: account.formerly for key, account in stack.accounts.items() if account.formerly
        }
        self.units = _units(stack.organization.units, "", "")
        center = stack.access.identity_center
        groups = center.groups if center else {}
        self.groups = {key: group.formerly for key, group in groups.items() if group.formerly}
        self.delivery = DeliveryRenames(stack, self.accounts)

    def __bool__(self) -> bool:
        """Return whether there is any rename."""
        return bool(self.accounts or self.units or self.groups or self.delivery)

    def former(self, type: str, name: str, outermost: str = "") -> str | None:
        """Return the former name of a resource of this type; None if it is unchanged.

        `outermost` is the type of the topmost component that contains it, if any.
        """
        outermost = outermost or type
        if outermost.startswith(_DELIVERY) and outermost != _KEY_OF_ACCOUNT:
            was = self.delivery.former(outermost, name)
        elif outermost == READ_ROLE and (own := self.delivery.former(outermost, name)) != name:
            was = own
        elif name.startswith(_OF_ORGANIZATION):
            was = self._of_organization(name)
        elif name.startswith(_OF_IDENTITY_CENTER):
            was = self._of_identity_center(name)
        else:
            was = self._of_account(type, name)
        return None if was == name else was

    def _of_organization(self, name: str) -> str:
        key, at, target = name.removeprefix(_OF_ORGANIZATION).partition("@")
        if not at and key in self.units:
            return f"{_OF_ORGANIZATION}{self.units[key]}"
        return f"{_OF_ORGANIZATION}{self._policy(key)}{at}{self.units.get(target, target)}"

    def _policy(self, name: str) -> str:
        parts = _PACKED.fullmatch(name)
        target = self._policy_targets.get(parts["head"]) if parts else None
        if parts is None or target is None:
            return name
        return naming.policy(self._stack.name, target, parts["kind"], int(parts["number"]))

    @cached_property
    def _policy_targets(self) -> dict[str, str]:
        """The former targets of packed policies, by the prefix of the policy names."""
        targets = dict(self.units)
        targets |= {account_target(new): account_target(old) for new, old in self.accounts.items()}
        found = {}
        for new, old in targets.items():
            parts = _PACKED.fullmatch(naming.policy(self._stack.name, new, "scp", 1))
            assert parts is not None  # noqa: S101 - the pattern is that of these names
            found[parts["head"]] = old
        return found

    def _of_identity_center(self, name: str) -> str:
        head, at, account = name.partition("@")
        account = self.accounts.get(account, account)
        for new, old in self.groups.items():
            own = f"{_OF_IDENTITY_CENTER}{new}"
            if head == own or (at and head.startswith(f"{own}-")):
                head = f"{_OF_IDENTITY_CENTER}{old}{head.removeprefix(own)}"
                break
        return f"{head}{at}{account}"

    def _of_account(self, type: str, name: str) -> str:
        for new, old in self.accounts.items():
            rest = name.removeprefix(new)
            if rest == name:
                continue
            if not rest and type in _ACCOUNT_ITSELF:
                return old
            if rest.startswith("/"):
                return f"{old}/{self._policy(rest[1:])}"
            if any(rest == part or rest.startswith(f"{part}-") for part in self._parts):
                return f"{old}{rest}"
        return name

    @cached_property
    def _parts(self) -> list[str]:
        """The suffixes after the account's key in names of resources in an account."""
        access = self._stack.access
        named = [*access.roles, *access.boundaries, *access.oidc_providers]
        own = ("baseline", "oversight", "config", "delivery", "traces")
        reads = naming.provisioning_role(self._stack.name, "read")
        return [f"-{part}" for part in (*own, reads, *named)]


def _units(units: dict[str, Unit], path: str, was: str) -> dict[str, str]:
    """Return the former path of each moved unit, by its path."""
    found: dict[str, str] = {}
    for key, unit in units.items():
        new, old = f"{path}{key}", f"{was}{unit.formerly or key}"
        if new != old:
            found[new] = old
        found |= _units(unit.units, f"{new}/", f"{old}/")
    return found

"""Guardrails that would lock the platform out of an account that it provisions or delivers to.

Each need of the platform is held against the service and resource control policies from the root
down to the account. Only what is denied for certain counts: a condition on what a request may or
may not carry is none. Nobody signs in with a second factor where a program assumes a role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landfall.guardrails.denials import Denials, Denier, deniers
from landfall.guardrails.need import Need
from landfall.guardrails.needs import needs
from landfall.guardrails.of_stack import (
    account_target,
    around,
    named_anywhere,
    statements_of,
)
from landfall.guardrails.statements import RCP, SCP
from landfall.iam.documents import DocumentError, Kind
from landfall.iam.parsing import parse

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_KINDS: dict[str, Kind] = {SCP: "scp", RCP: "rcp"}

Denied = tuple[Denier, str | None, str]


@dataclass(frozen=True, slots=True)
class Lockout:
    """A statement of a guardrail, in force at `target`, that denies actions the platform needs.

    `target` is a unit's path, `Root` or an account's. `index` counts the guardrail's statements.
    `enters` says that the management account could not assume the account role.
    """

    guardrail: str
    target: str
    index: int
    sid: str
    enters: bool
    roles: tuple[str, ...]
    actions: tuple[str, ...]
    accounts: tuple[str, ...]


def lockouts(stack: Stack, *, wrong: Collection[str] = ()) -> Iterator[Lockout]:
    """Yield what locks the platform out, in the order of the stack's needs.

    Guardrails that are `wrong` by themselves are left out, and so are names of none and documents
    that are no policies: those are mistakes of their own.
    """
    read = {name: found for name, found in _read(stack) if name not in wrong}
    guarded = _guarded(stack, read)
    found: dict[tuple[Denier, str, bool], list[tuple[Need, str]]] = {}
    regions = {*stack.regions, stack.global_region}
    for need in needs(stack):
        if need.account not in guarded or need.region not in regions:
            continue
        account_id = stack.accounts[need.account].id
        for denier, target, action in guarded[need.account].denials(need, account_id):
            place = account_target(need.account) if target is None else target
            found.setdefault((denier, place, need.from_management), []).append((need, action))
    for (denier, target, enters), denials in found.items():
        yield Lockout(
            denier.guardrail,
            target,
            denier.index,
            denier.statement.sid or "",
            enters,
            roles=tuple(dict.fromkeys(need.role for need, _ in denials)),
            actions=tuple(dict.fromkeys(action for _, action in denials)),
            accounts=tuple(dict.fromkeys(need.account for need, _ in denials)),
        )


def _read(stack: Stack) -> Iterator[tuple[str, tuple[Denier, ...]]]:
    for name in named_anywhere(stack):
        found = statements_of(stack, name)
        if found is None or found[0] not in _KINDS:
            continue
        kind, source = found
        try:
            yield name, deniers(name, kind, parse(source, _KINDS[kind]))
        except DocumentError:
            continue


def _guarded(stack: Stack, read: Mapping[str, tuple[Denier, ...]]) -> dict[str, _Guarded]:
    """Return the guardrails around each account; accounts of the same ones share them."""
    denials = Denials(stack)
    shared: dict[tuple[str, tuple[str, ...]], _Guarded] = {}
    found = {}
    for name, account in stack.accounts.items():
        key = (account.unit, account.guardrails)
        if key not in shared:
            placed = [
                (None if target == account_target(name) else target, denier)
                for target, names in around(stack, name)
                for each in names
                for denier in read.get(each, ())
            ]
            shared[key] = _Guarded(placed, denials)
        found[name] = shared[key]
    return found


class _Guarded:
    """The guardrails around accounts: statements, each with the target that it is attached to.

    The target is None where it is the account itself.
    """

    def __init__(self, placed: list[tuple[str | None, Denier]], denials: Denials) -> None:
        self._placed = sorted(placed, key=lambda each: each[1].kind != SCP)
        self._ids_matter = any(
            denier.tells_accounts_apart or denier.names_account for _, denier in placed
        )
        self._denials = denials
        self._known: dict[tuple[object, ...], tuple[Denied, ...]] = {}

    def denials(self, need: Need, account_id: str | None) -> tuple[Denied, ...]:
        """Return each statement that denies an action for certain, its target, and the action."""
        known_id = account_id if self._ids_matter else None
        key = (need.role, need.actions, need.resource, need.region, need.from_management, known_id)
        if key not in self._known:
            self._known[key] = tuple(
                (denier, target, action)
                for action in need.actions
                for target, denier in self._placed
                if self._denials.denies(denier, need, action, account_id)
            )
        return self._known[key]

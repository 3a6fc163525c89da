"""Find guardrails that would lock the platform out of an account.

Checks each need of the platform against the service and resource control policies from the root
down to the account. Only a certain deny counts, not one with a condition on optional context
keys. A program that assumes a role has no MFA.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landfall.guardrails.denials import Denials, Denier, deniers, shape_of
from landfall.guardrails.of_stack import (
    named_anywhere,
    statements_of,
)
from landfall.guardrails.platform import needs
from landfall.guardrails.platform.need import Need
from landfall.guardrails.statements import RCP, SCP
from landfall.iam.documents import DocumentError, Kind
from landfall.iam.parsing import parse
from landfall.settings.organization_tree import account_target

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_KINDS: dict[str, Kind] = {SCP: "scp", RCP: "rcp"}

Denied = tuple[Denier, str | None, str]


@dataclass(frozen=True, slots=True)
class Lockout:
    """A guardrail statement at `target` that denies actions the platform needs.

    `target` is a unit's path, `Root` or an account's. `index` counts the guardrail's statements.
    `enters`: the management account cannot assume a role; `roles`, `actions` and `accounts` then
    identify it. `denied` are all denied needs, each with one action.
    """

    guardrail: str
    target: str
    index: int
    sid: str
    enters: bool
    roles: tuple[str, ...]
    actions: tuple[str, ...]
    accounts: tuple[str, ...]
    denied: tuple[tuple[Need, str], ...] = ()


def lockouts(stack: Stack, *, wrong: Collection[str] = ()) -> Iterator[Lockout]:
    """Yield the lockouts, in the order of the stack's needs.

    Skips guardrails that are `wrong`, unknown names, and documents
    that are no policies: those are mistakes alarms.
    """
    read = {name: found for name, found in _read(stack) if name not in wrong}
    guarded = _guarded(stack, read)
    found: dict[tuple[Denier, str, bool], list[tuple[Need, str]]] = {}
    regions = {*stack.regions, stack.global_region}
    for need in needs(stack):
        if need.account not in guarded or need.region not in regions:
            continue
        account_id = stack.accounts[need.account].id
        for account, kinds in _around(need):
            if account not in guarded:
                continue
            for denier, target, action in guarded[account].denials(need, account_id, kinds):
                place = account_target(account) if target is None else target
                key = (denier, place, _is_entering(need, action))
                found.setdefault(key, []).append((need, action))
    for (denier, target, _), denials in found.items():
        yield _lockout(denier, target, denials)


def _lockout(denier: Denier, target: str, denied: list[tuple[Need, str]]) -> Lockout:
    entering = [each for each in denied if each[0].from_management]
    told = entering or denied
    return Lockout(
        denier.guardrail,
        target,
        denier.index,
        denier.statement.sid or "",
        bool(entering),
        roles=tuple(dict.fromkeys(need.role for need, _ in told)),
        actions=tuple(dict.fromkeys(action for _, action in told)),
        accounts=tuple(dict.fromkeys(need.account for need, _ in told)),
        denied=tuple(denied),
    )


def _is_entering(need: Need, action: str) -> bool:
    """Return whether a principal of another account assumes a role."""
    return need.from_management or (need.holder is not None and action == "sts:AssumeRole")


def _around(need: Need) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the accounts whose policies apply, with the policy type.

    Service control policies are those of the caller's account, resource control policies those of
    the resource's account.
    """
    if need.holder is None:
        yield need.account, frozenset(_KINDS)
    else:
        yield need.account, frozenset({SCP})
        yield need.holder, frozenset({RCP})


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
    """Return the guardrails that apply to each account; equal ones share a value."""
    denials = Denials(stack)
    shared: dict[tuple[str, tuple[str, ...]], _Guarded] = {}
    found = {}
    for name, account in stack.accounts.items():
        key = (account.unit, account.guardrails)
        if key not in shared:
            placed = [
                (None if target == account_target(name) else target, denier)
                for target, names in stack.guardrails_around(name)
                for each in names
                for denier in read.get(each, ())
            ]
            shared[key] = _Guarded(placed, denials)
        found[name] = shared[key]
    return found


class _Guarded:
    """The guardrails of accounts: statements with their targets.

    The target is None for the account itself.
    """

    def __init__(self, placed: list[tuple[str | None, Denier]], denials: Denials) -> None:
        self._placed = sorted(placed, key=lambda each: each[1].kind != SCP)
        self._ids_matter = any(
            denier.tells_accounts_apart or denier.account_ids for _, denier in placed
        )
        self._denials = denials
        self._known: dict[tuple[object, ...], tuple[Denied, ...]] = {}
        self._by_action: dict[str, list[tuple[str | None, Denier]]] = {}

    def denials(
        self, need: Need, account_id: str | None, kinds: frozenset[str]
    ) -> tuple[Denied, ...]:
        """Return each statement that certainly denies an action, with its target and the action."""
        known_id = account_id if self._ids_matter else None
        key = (replace(need, account="", setting=()), known_id, kinds)
        if key not in self._known:
            shape = shape_of(need)
            self._known[key] = tuple(
                (denier, target, action)
                for action in need.actions
                for target, denier in self._about(action)
                if denier.kind in kinds
                and self._denials.denies(denier, need, shape, action, account_id)
            )
        return self._known[key]

    def _about(self, action: str) -> list[tuple[str | None, Denier]]:
        """Return the placed statements that concern an action."""
        if action not in self._by_action:
            self._by_action[action] = [
                (target, denier)
                for target, denier in self._placed
                if self._denials.concerns(denier, action)
            ]
        return self._by_action[action]

"""How a stack is cut into Pulumi stacks: the foundation, slices of accounts, the closing stack.

The foundation has what accounts need: organization, units, guardrails, accounts, security services,
artifact stores. A slice has what is in its accounts. The closing stack has what needs the slices:
pipelines, conformance packs, user access, attachments of backup policies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from landfall.settings.fleet import Fleet
from landfall.settings.organization_tree import ROOT
from landfall.settings.stack import Stack

CLOSING: Final = "closing"
REST: Final = "rest"
RESERVED: Final = frozenset({CLOSING, REST})
SEPARATOR: Final = "."


@dataclass(frozen=True)
class Part:
    """What one Pulumi stack of a stack file has.

    `name` is empty for the foundation and for a stack that is not cut. `accounts` are those whose
    own resources it has, in the order of the settings.
    """

    name: str
    accounts: tuple[str, ...] = ()
    foundation: bool = False
    closing: bool = False

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(self.accounts)

    def holds(self, account: str) -> bool:
        """Return whether the part has the resources that are in an account."""
        return account in self._held

    @property
    def is_whole(self) -> bool:
        """Whether the stack is not cut."""
        return self.foundation and self.closing

    @property
    def is_slice(self) -> bool:
        """Whether it has the resources of accounts only."""
        return not self.foundation and not self.closing

    def stack_of(self, base: str) -> str:
        """Return the name of the part's Pulumi stack; `base` is that of the stack file."""
        return f"{base}{SEPARATOR}{self.name}" if self.name else base


def whole(stack: Stack) -> Part:
    """Return the only part of a stack that is not cut."""
    return Part("", tuple(stack.accounts), foundation=True, closing=True)


def waves(stack: Stack) -> tuple[tuple[Part, ...], ...]:
    """Return the parts of a stack in the order in which they are applied, side by side in a wave.

    The foundation is the first wave, the closing stack the last one.
    """
    return stack.once(_waves)


def parts(stack: Stack) -> Iterator[Part]:
    """Yield the parts of a stack in the order in which they are applied."""
    for wave in waves(stack):
        yield from wave


def named(stack: Stack, name: str) -> Part | None:
    """Return the part of this name; None if the stack is not cut so.

    A slice without accounts has one, too: its Pulumi stack may have resources of former accounts.
    """
    return stack.once(_by_name).get(name)


def slices(stack: Stack) -> Mapping[str, str]:
    """Return the name of the slice of each account; empty if the stack is not cut."""
    return stack.once(_slices)


def claims(stack: Stack, fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Yield (account, slice) for each slice that lists an account.

    A slice that lists the account by name takes it from those that list its unit.
    """
    by_name = [
        (account, name)
        for name, each in fleet.slices.items()
        for account in each.accounts
        if account in stack.accounts
    ]
    yield from by_name
    taken = {account for account, _ in by_name}
    for name, each in fleet.slices.items():
        for account in dict.fromkeys(_in_units(stack, each.units)):
            if account not in taken:
                yield account, name


def stack_names(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Yield (part, slice) for each stack of the slices that the settings list."""
    for name, each in fleet.slices.items():
        for number in range(each.stacks):
            yield _numbered(name, each.stacks, number), name


def recorded(stack: Stack, accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the engine's record of accounts with the slice of each; without, if there are none."""
    held = slices(stack)
    return {
        name: {key: value for key, value in each.items() if key != "slice"}
        | ({"slice": held[name]} if name in held else {})
        for name, each in accounts.items()
    }


def moved(
    base: str, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> list[str]:
    """Return a message for each way in which accounts would move between Pulumi stacks.

    `before` and `after` have the slice of each account; None in a stack that is not cut.
    """
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for account in sorted(before.keys() & after.keys()):
        if before[account] != after[account]:
            found.setdefault((before[account], after[account]), []).append(account)
    return [_moving(base, *way, accounts) for way, accounts in found.items()]


def _moving(base: str, old: str | None, new: str | None, accounts: list[str]) -> str:
    more = f" and {len(accounts) - 1} more" if len(accounts) > 1 else ""
    what = f"account {accounts[0]}{more}"
    if old is None:
        return (
            f"stack {base} has the resources of {what}, and landfall:fleet would delete them there "
            f"and create them in slice {new}\n    move them first: landfall fleet split -s {base}"
        )
    if new is None:
        return (
            f"slice {old} has the resources of {what}, and stack {base} would create them again\n"
            f"    move them first: landfall fleet join -s {base}"
        )
    return (
        f"{what} would move from slice {old} to {new}, which deletes what is in it and creates it "
        f"again\n    list it by name in accounts: of the slice {old}, or keep the number of its "
        "stacks:"
    )


def _in_units(stack: Stack, units: Iterable[str]) -> Iterator[str]:
    for unit in units:
        yield from stack.accounts if unit == ROOT else stack.accounts_in(unit)


def _waves(stack: Stack) -> tuple[tuple[Part, ...], ...]:
    fleet = stack.fleet
    if fleet is None:
        return ((whole(stack),),)
    found: dict[str, list[Part]] = {}
    held: dict[str, list[str]] = {}
    for account, part in slices(stack).items():
        held.setdefault(part, []).append(account)
    for part, name in _stack_names(fleet):
        found.setdefault(name, []).append(Part(part, tuple(held.get(part, ()))))
    ordered = [[each for name in wave for each in found.pop(name, ())] for wave in fleet.waves]
    ordered.append([each for parts in found.values() for each in parts])
    middle = (tuple(each for each in wave if each.accounts) for wave in ordered)
    return (
        (Part("", foundation=True),),
        *(wave for wave in middle if wave),
        (Part(CLOSING, closing=True),),
    )


def _by_name(stack: Stack) -> dict[str, Part]:
    fleet = stack.fleet
    empty = {} if fleet is None else {name: Part(name) for name, _ in _stack_names(fleet)}
    return empty | {part.name: part for part in parts(stack)}


def _stack_names(fleet: Fleet) -> Iterator[tuple[str, str]]:
    yield from stack_names(fleet)
    for number in range(fleet.stacks):
        yield _numbered(REST, fleet.stacks, number), REST


def _slices(stack: Stack) -> dict[str, str]:
    fleet = stack.fleet
    if fleet is None:
        return {}
    claimed = dict(claims(stack, fleet))
    found = {}
    for account in stack.accounts:
        name = claimed.get(account, REST)
        count = fleet.stacks if name == REST else fleet.slices[name].stacks
        found[account] = _numbered(name, count, _place(stack, account, count))
    return found


def _numbered(name: str, count: int, number: int) -> str:
    return name if count == 1 else f"{name}-{number + 1}"


def _place(stack: Stack, account: str, count: int) -> int:
    """Return an account's place among the stacks of a slice.

    It depends on nothing but the account's name, so that no other account moves it.
    """
    key = stack.accounts[account].formerly or account
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % count

"""Checks of slices: their accounts, units, names and waves."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import parts
from landfall.settings import keys
from landfall.settings.fleet import Fleet
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import same_place
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_SLICES: Path = (keys.FLEET, "slices")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes of slices."""
    if stack.fleet is None:
        return
    yield from _named(stack, stack.fleet)
    yield from _claimed(stack, stack.fleet)
    yield from _names(stack.fleet)
    yield from _ordered(stack.fleet)


def _named(stack: Stack, fleet: Fleet) -> Iterator[Mistake]:
    for name, each in fleet.slices.items():
        for index, account in enumerate(each.accounts):
            # A suspended account keeps its slice, which removes what is in it.
            if account not in stack.accounts:
                yield from references.account(stack, (*_SLICES, name, "accounts", index), account)
        for index, unit in enumerate(each.units):
            yield from references.unit(stack, (*_SLICES, name, "units", index), unit, root=True)


def _claimed(stack: Stack, fleet: Fleet) -> Iterator[Mistake]:
    """Yield a mistake for each slice with accounts of an earlier one."""
    first: dict[str, str] = {}
    shared: dict[tuple[str, str], list[str]] = {}
    for account, name in parts.claims(stack, fleet):
        earlier = first.setdefault(account, name)
        if earlier != name:
            shared.setdefault((name, earlier), []).append(account)
    for (name, earlier), accounts in shared.items():
        more = f" and {len(accounts) - 1} more" if len(accounts) > 1 else ""
        yield Mistake(
            (*_SLICES, name),
            f"account '{accounts[0]}'{more} is in slice '{earlier}', too",
            "keep it in one slice; a slice that lists it by name takes it from those of its unit",
            (*_SLICES, earlier),
            kind=Kind.DUPLICATE_SETTING,
        )


def _names(fleet: Fleet) -> Iterator[Mistake]:
    for name in fleet.slices:
        if name in parts.RESERVED:
            what = f"a slice cannot be named '{name}'"
            fix = "choose another name: Landfall names stacks so itself"
            yield Mistake((*_SLICES, name), what, fix, kind=Kind.NAME_TAKEN)
    first: dict[str, str] = {}
    for stack_name, name in parts.stack_names(fleet):
        earlier = first.setdefault(stack_name, name)
        if earlier != name:
            what = f"slices '{earlier}' and '{name}' would both have the stack '{stack_name}'"
            fix = "rename one of them"
            yield Mistake((*_SLICES, name), what, fix, kind=Kind.NAME_TAKEN)


def _ordered(fleet: Fleet) -> Iterator[Mistake]:
    known = [*fleet.slices, parts.REST]
    seen: set[str] = set()
    for number, wave in enumerate(fleet.waves):
        for index, name in enumerate(wave):
            path: Path = (keys.FLEET, "waves", number, index)
            if name not in known:
                what = f"there is no slice '{name[:80]}'"
                yield Mistake(path, what, same_place(name, known), kind=Kind.UNKNOWN_REFERENCE)
            elif name in seen:
                what = f"slice '{name}' is in two places of the waves"
                yield Mistake(path, what, "keep one of them", kind=Kind.DUPLICATE_SETTING)
            seen.add(name)

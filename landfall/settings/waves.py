"""The destinations of an environment: its own account and region first, then its waves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from landfall.settings.accounts import Account
from landfall.settings.chosen_targets import ChosenTargets
from landfall.settings.delivery import Environment
from landfall.settings.deployments import Target
from landfall.settings.organization_tree import ROOT


class Accounts(Protocol):
    """What a stack knows of its accounts: its home region, and which are in a unit."""

    @property
    def region(self) -> str:
        """The home region."""

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts, by name."""

    def chosen(self, accounts: Iterable[str], units: Iterable[str]) -> list[str]:
        """Return accounts by name and by unit, without suspended ones."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One account and region.

    `name` identifies it in the environment, and is empty for the first destination. `suffix` is
    appended to its role names if another destination in the same account already uses them.
    `awaited`: its service or Auto Scaling groups do not exist yet. `entry` is the number of its
    wave in the settings, and its place there; empty for the first destination.
    """

    account: str
    region: str
    name: str
    suffix: str
    listeners: tuple[str, ...] = ()
    awaited: bool = False
    entry: tuple[int, ...] = ()


def chosen_accounts(stack: Accounts, targets: ChosenTargets) -> list[str]:
    """Return the accounts that targets by unit or tag mean now, sorted by name.

    Sorted, since Pulumi does not keep the order of the file.
    """
    units = targets.units or ((ROOT,) if targets.tags else ())
    omitted = {*targets.except_accounts, *stack.chosen((), targets.except_units)}
    return sorted(
        name
        for name in stack.chosen((), units)
        if name not in omitted and targets.tags.items() <= stack.accounts[name].tags.items()
    )


def destinations(environment: Environment, stack: Accounts) -> tuple[tuple[Destination, ...], ...]:
    """Return the waves of an environment; the stack's home region is the default region."""
    first = Destination(
        environment.account,
        environment.region or stack.region,
        "",
        "",
        environment.listeners,
        environment.awaited,
    )
    waves: list[tuple[Destination, ...]] = [(first,)]
    used, accounts = {(first.account, first.region)}, {first.account}
    for number, wave in enumerate(environment.waves):
        found: list[Destination] = []
        for index, target in enumerate(wave):
            for account, region in _places(stack, target, used):
                used.add((account, region))
                suffix = f"-{region}" if account in accounts else ""
                accounts.add(account)
                own = target if isinstance(target, Target) else None
                found.append(
                    Destination(
                        account,
                        region,
                        f"{account}-{region}",
                        suffix,
                        own.listeners if own else (),
                        own.awaited if own else False,
                        (number, index),
                    )
                )
        sizes = [each.at_once for each in wave if isinstance(each, ChosenTargets) and each.at_once]
        waves += _split(found, min(sizes, default=len(found)))
    return tuple(waves)


def _places(
    stack: Accounts, target: Target | ChosenTargets, used: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    if isinstance(target, Target):
        yield target.account, target.region or stack.region
        return
    for account in chosen_accounts(stack, target):
        for region in target.regions or (stack.region,):
            if (account, region) not in used:
                yield account, region


def _split(found: list[Destination], size: int) -> Iterator[tuple[Destination, ...]]:
    """Yield waves of a size; none of nothing, since a stage must have an action."""
    for start in range(0, len(found), size or 1):
        yield tuple(found[start : start + size])

"""The accounts and regions that the groups of a stack set stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from landfall.settings.delivery import Environment
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.stack import Stack


@dataclass(frozen=True, slots=True)
class Group:
    """One group: accounts by key, in the order of the settings, and regions in their own order."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]


def groups(stack: Stack, environment: Environment, deploy: StackSetDeploy) -> tuple[Group, ...]:
    """Return the groups of a stack set, in order; suspended accounts are left out."""
    home = environment.region or stack.region
    return tuple(
        Group(
            tuple(stack.chosen(each.accounts, each.units)),
            each.regions or (home,),
        )
        for each in deploy.targets
    )


def accounts(stack: Stack, environment: Environment, deploy: StackSetDeploy) -> Iterator[str]:
    """Yield the target accounts of a stack set, each once."""
    found = (name for group in groups(stack, environment, deploy) for name in group.accounts)
    yield from dict.fromkeys(found)


def regions(stack: Stack, environment: Environment, deploy: StackSetDeploy) -> Iterator[str]:
    """Yield the target regions of a stack set, each once."""
    found = (region for group in groups(stack, environment, deploy) for region in group.regions)
    yield from dict.fromkeys(found)

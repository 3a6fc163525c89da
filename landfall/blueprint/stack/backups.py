"""What the accounts of a stack have for their backup plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.blueprint import symbols
from landfall.blueprint.backups import backup_key, backup_role
from landfall.blueprint.places import Place
from landfall.blueprint.stack.placed import Named, PlacedKey, PlacedRole
from landfall.settings import backup_plans, keys, naming
from landfall.settings.source import Path
from landfall.settings.stack import Stack

_SETTING: Final[Path] = (keys.BASELINE, "backups")


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the role of AWS Backup in each account whose plans name it."""
    for account, needs in backup_plans.needs(stack).items():
        if needs.role:
            role = backup_role(_place(stack, account, stack.region))
            yield PlacedRole(account, stack.region, _SETTING, role)


def placed_keys(stack: Stack) -> Iterator[PlacedKey]:
    """Yield the keys of the vaults."""
    for account, needs in backup_plans.needs(stack).items():
        for region in needs.vaults:
            key = backup_key(_place(stack, account, region))
            yield PlacedKey(account, region, _SETTING, key)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the vaults, and the regions whose services are opted in."""
    for account, needs in backup_plans.needs(stack).items():
        for region in needs.vaults:
            yield Named("backup-vault", account, region, naming.BACKUP_VAULT, _SETTING)
        for region in needs.opted_in:
            yield Named("backup-settings", account, region, "*", _SETTING)


def _place(stack: Stack, account: str, region: str) -> Place:
    return Place(stack.partition, region, symbols.account(account))

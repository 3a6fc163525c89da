"""Checks of `formerly`: a former key is the key of nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landfall.settings import keys
from landfall.settings.accounts import Account
from landfall.settings.identity_center import Group
from landfall.settings.organization import Unit
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield former keys that still are keys, or that two have."""
    yield from _among((keys.ACCOUNTS,), "account", stack.accounts)
    yield from _units((keys.ORGANIZATION, "units"), stack.organization.units)
    if stack.access.identity_center is not None:
        groups = stack.access.identity_center.groups
        yield from _among((keys.ACCESS, "identityCenter", "groups"), "group", groups)


def _units(path: Path, units: Mapping[str, Unit]) -> Iterator[Mistake]:
    yield from _among(path, "unit", units)
    for key, unit in units.items():
        yield from _units((*path, key, "units"), unit.units)


def _among(
    path: Path,
    what: str,
    settings: Mapping[str, Account] | Mapping[str, Unit] | Mapping[str, Group],
) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for key, each in settings.items():
        former, place = each.formerly, (*path, key, "formerly")
        if former is None:
            continue
        if former in settings:
            fix = f"write the key that this {what} had, or leave it out"
            yield Mistake(place, f"{what} '{former}' is still there", fix, (*path, former))
        elif former in seen:
            yield Mistake(place, f"{what} '{seen[former]}' was '{former}' too", "keep one of them")
        seen.setdefault(former, key)

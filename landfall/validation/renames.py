"""Checks of `formerly`: a former key must not be in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landfall.settings import keys
from landfall.settings.accounts import Account
from landfall.settings.identity_center import Group
from landfall.settings.organization_tree import Unit
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield former keys that are still keys, or that two entries share."""
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
            fix = f"write the former key of this {what}, or remove it"
            yield Mistake(place, f"{what} '{former}' still exists", fix, (*path, former))
        elif former in seen:
            yield Mistake(
                place,
                f"{what} '{seen[former]}' has the same former key '{former}'",
                "keep one of them",
            )
        seen.setdefault(former, key)

"""Checks of `formerly`: a former key must not be in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landfall.settings import formerly, keys
from landfall.settings.accounts import Account
from landfall.settings.delivery import Application
from landfall.settings.identity_center import Group
from landfall.settings.organization_tree import Unit
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_APPLICATIONS: Path = (keys.DELIVERY, "applications")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield former keys that are still keys, or that two entries share."""
    yield from _among((keys.ACCOUNTS,), "account", stack.accounts)
    yield from _units((keys.ORGANIZATION, "units"), stack.organization.units)
    if stack.access.identity_center is not None:
        groups = stack.access.identity_center.groups
        yield from _among((keys.ACCESS, "identityCenter", "groups"), "group", groups)
    applications = stack.delivery.applications
    yield from _among(_APPLICATIONS, "application", applications)
    yield from _environments(applications)


def _environments(applications: Mapping[str, Application]) -> Iterator[Mistake]:
    """Check that no former key of an environment exists, or is used twice."""
    seen: dict[formerly.Pipeline, formerly.Pipeline] = {}
    for name, application in applications.items():
        if application.formerly in applications:
            continue  # already a mistake
        for environment, settings in application.environments.items():
            new = formerly.Pipeline(name, environment)
            was = formerly.pipeline(name, application, environment)
            path: Path = (*_APPLICATIONS, name, "environments", environment)
            other = applications.get(was.application)
            # Of a renamed application, those that keep their key are renamed with it.
            present = application if was.application == application.formerly else other
            if settings.formerly and present and was.environment in present.environments:
                there = name if present is application else was.application
                about = (*_APPLICATIONS, there, "environments", was.environment)
                what = f"environment '{there}/{was.environment}' still exists"
                fix = "write the former key of this environment, or remove it"
                yield Mistake((*path, "formerly"), what, fix, about, kind=Kind.INCOMPLETE_RENAME)
                continue
            earlier = seen.setdefault(was, new)
            if earlier != new and (settings.formerly or _has_own(applications, earlier)):
                fix = "keep 'formerly' in one of them"
                yield Mistake(
                    path,
                    f"environment '{earlier}' has the same former key '{was}'",
                    fix,
                    kind=Kind.INCOMPLETE_RENAME,
                )


def _has_own(applications: Mapping[str, Application], each: formerly.Pipeline) -> bool:
    return bool(applications[each.application].environments[each.environment].formerly)


def _units(path: Path, units: Mapping[str, Unit]) -> Iterator[Mistake]:
    yield from _among(path, "unit", units)
    for key, unit in units.items():
        yield from _units((*path, key, "units"), unit.units)


def _among(
    path: Path,
    what: str,
    settings: Mapping[str, Account | Unit | Group | Application],
) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for key, each in settings.items():
        former, place = each.formerly, (*path, key, "formerly")
        if former is None:
            continue
        if former in settings:
            fix = f"write the former key of this {what}, or remove it"
            yield Mistake(
                place,
                f"{what} '{former}' still exists",
                fix,
                (*path, former),
                kind=Kind.INCOMPLETE_RENAME,
            )
        elif former in seen:
            yield Mistake(
                place,
                f"{what} '{seen[former]}' has the same former key '{former}'",
                "keep one of them",
                kind=Kind.INCOMPLETE_RENAME,
            )
        seen.setdefault(former, key)

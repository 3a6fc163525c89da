"""Checks of the service principals that the organization trusts or delegates."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from landfall.aws.trusted_services import KNOWN, PRINCIPAL, SUFFIX, UNRECOGNIZED
from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# `gaurdduty` for `guardduty`; names of different services are less alike.
_MISSPELT = 0.85


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the principals that AWS Organizations does not recognize."""
    organization = stack.organization
    for index, service in enumerate(organization.trusted_services or ()):
        yield from _principal((keys.ORGANIZATION, "trustedServices", index), service)
    for service in organization.delegated_administrators:
        yield from _principal((keys.ORGANIZATION, "delegatedAdministrators", service), service)


def _principal(path: Path, service: str) -> Iterator[Mistake]:
    if service in KNOWN:
        return
    near = UNRECOGNIZED.get(service) or _near(service)
    if PRINCIPAL.fullmatch(service) and near is None:
        return
    what = f"AWS Organizations does not recognize the service principal '{service}'"
    fix = f"write {near}" if near else "write it as in guardduty.amazonaws.com"
    yield Mistake(path, what, fix, kind=Kind.INVALID_VALUE)


def _near(service: str) -> str | None:
    name = service.lower().removesuffix(SUFFIX)
    names = [each.removesuffix(SUFFIX) for each in KNOWN]
    if name in names:
        return f"{name}{SUFFIX}"
    found = difflib.get_close_matches(name[:100], sorted(names), n=1, cutoff=_MISSPELT)
    return f"{found[0]}{SUFFIX}" if found else None

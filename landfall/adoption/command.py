"""The steps of `landfall adopt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landfall import commands
from landfall.adoption import snapshot as snapshots
from landfall.adoption import stack_file
from landfall.adoption.connecting import connect, progress
from landfall.adoption.describing import Described, describe
from landfall.adoption.members import KNOWN_ROLES, Members
from landfall.adoption.reading import read_organization
from landfall.adoption.roles import with_roles
from landfall.adoption.services import with_services
from landfall.problems import refuse
from landfall.settings import keys

# The names that the engine accepts; the name becomes part of a file name.
_STACK_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}")

# What `pulumi stack init` writes to the stack file.
_OF_PULUMI = frozenset({"encryptedkey", "encryptionsalt", "secretsprovider"})


DEFAULT_ROLE = KNOWN_ROLES[0]


@dataclass(frozen=True, slots=True)
class Request:
    """The command's options."""

    stack: str
    region: str | None
    account_roles: tuple[str, ...]
    regions: tuple[str, ...]
    roles: bool
    force: bool
    directory: Path
    snapshot: Path | None = None


def run(request: Request) -> None:
    """Read the organization, write the stack file, and print a summary.

    Raises `ProblemsError` (status 2) if AWS cannot be read or the file already has settings; the
    file is then unchanged.
    """
    if not _STACK_NAME.fullmatch(request.stack):
        fix = "use letters, digits, hyphens, underscores and periods"
        raise refuse(f"'{request.stack[:100]}' is not a stack name", fix)
    path = request.directory / f"Pulumi.{request.stack}.yaml"
    if not request.directory.is_dir():
        raise refuse(f"there is no folder {request.directory}", "choose one with --directory")
    kept = stack_file.existing(path, force=request.force)
    if request.snapshot and not request.roles:
        raise refuse("a snapshot contains roles", "leave out --no-roles, or --snapshot")
    if request.snapshot:
        snapshots.require_writable(request.snapshot, force=request.force)
    session, regions = connect(request.region, request.regions, _region(kept))
    snapshot = None
    with progress() as report:
        organization = read_organization(session, report)
        if request.roles:
            members = Members(session, organization.partition, request.account_roles)
            organization = with_roles(organization, members, report)
            organization = with_services(organization, members, regions, report)
            if request.snapshot:
                snapshot = snapshots.take(organization, members, regions, report)
    described = describe(organization, regions, request.account_roles[0])
    written = stack_file.text(described.config, described.left, kept, described.in_use)
    stack_file.check(written, request.stack, path.name)
    stack_file.write(path, written)
    if snapshot is not None and request.snapshot:
        snapshots.write(snapshot, request.snapshot)
        print("\n".join(snapshots.summary(snapshot, request.snapshot)), end="\n\n")
    print("\n".join(_summary(described, path)))
    for step in _next(request.stack, has_backend=not kept.keys().isdisjoint(_OF_PULUMI)):
        print(f"  {commands.typed(step)}")


def _region(kept: dict[str, object]) -> str | None:
    config = kept.get("config")
    region = config.get(keys.REGION) if isinstance(config, dict) else None
    return region if isinstance(region, str) else None


def _summary(described: Described, path: Path) -> Iterator[str]:
    config = described.config
    organization = config[keys.ORGANIZATION]
    counts = {
        "units": _count_units(organization),
        "accounts": len(config.get(keys.ACCOUNTS, {})),
        "policies": len(config.get(keys.GUARDRAILS, {})),
        "roles": len(config.get(keys.ACCESS, {}).get("roles", {})),
    }
    listed = ", ".join(f"{what} {count}" for what, count in counts.items())
    yield f"{path.name} adopts organization {organization['id']}: {listed}."
    for title, lines in (
        (stack_file.LEFT, described.left),
        (stack_file.IN_USE, described.in_use),
    ):
        if lines:
            yield f"\n{title}"
            yield from (f"  {kind} {what}: {why}" for kind, what, why in lines)
    yield "\nNothing was changed in AWS. Next:"


def _next(stack: str, *, has_backend: bool) -> Iterator[str]:
    """Yield the commands to type next, without those for a backend that the stack already has."""
    yield f"landfall validate -s {stack}"
    if not has_backend:
        yield f"landfall bootstrap -s {stack}   # for state in AWS; prints the next two commands"
        yield "pulumi login BACKEND"
        yield f"pulumi stack init {stack}"
    yield f"pulumi preview -s {stack}      # must show imports only"
    yield f"pulumi up -s {stack}"


def _count_units(above: Mapping[str, Any]) -> int:
    below: Mapping[str, Any] = above.get("units", {})
    return len(below) + sum(_count_units(unit) for unit in below.values())

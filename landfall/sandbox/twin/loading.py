"""Load a snapshot into the emulator of this process."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from landfall.problems import Problem, ProblemsError
from landfall.sandbox.gate import registry
from landfall.sandbox.twin.loaders import Place, loaders
from landfall.snapshots import files
from landfall.snapshots.document import Snapshot

SERVICES: Final = (
    "organizations",
    "iam",
    "guardduty",
    "securityhub",
    "config",
    "accessanalyzer",
    "cloudtrail",
    "backup",
    "sso-admin",
    "identitystore",
)
"""The services with loaders, in their `twin.py`, in the order in which they are loaded."""


def load(snapshot: Snapshot) -> None:
    """Put everything in a snapshot into the empty emulator.

    Raises:
        ProblemsError: resources that no loader knows, or that lack what AWS always has.

    """
    for service in SERVICES:
        registry.load(service)
        name = service.replace("-", "_")
        importlib.import_module(f"landfall.sandbox.services.{name}.twin")
    from landfall.sandbox.services.organizations.twin import load_organization

    unknown = {
        kind
        for regions in snapshot.resources.values()
        for kinds in regions.values()
        for kind in kinds
        if kind not in loaders
    }
    problems = [
        Problem(f"this Landfall knows no kind of resource {kind!r}", "update Landfall", "resources")
        for kind in sorted(unknown)
    ]
    if problems:
        raise ProblemsError(problems, exit_status=2)
    load_organization(snapshot)
    for kind, loader in loaders.items():
        for account, region, found in snapshot.of_kind(kind):
            place = Place(
                account, region, snapshot.organization.management_account, snapshot.regions[0]
            )
            try:
                loader(place, found)
            except (KeyError, TypeError, ValueError) as error:
                problems.append(_malformed(kind, place, found, error))
    if problems:
        raise ProblemsError(problems, exit_status=2)


def _malformed(kind: str, place: Place, found: Mapping[str, Any], error: Exception) -> Problem:
    name = next((found[key] for key in ("name", "Name", "id", "arn") if key in found), "?")
    what = f"{kind} {name} lacks {error}" if isinstance(error, KeyError) else f"{name}: {error}"
    path = ".".join(part for part in ("resources", place.account, place.region, kind) if part)
    return Problem(what, "write the snapshot again: landfall snapshot -o FILE", path)


def load_file(path: Path) -> None:
    """Put the contents of a file into the empty emulator; raises as `load` and `files.read` do."""
    load(files.read(path))

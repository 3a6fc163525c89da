"""Folders: the project, its home for sandboxes, and the user's cache."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from landfall.problems import refuse


def find(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` (default: the current one) with `Pulumi.yaml`.

    Raises:
        ProblemsError: no such folder.

    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise refuse(
        f"no Pulumi.yaml in {start} or above it",
        "run the command inside a checkout of the project",
    )


def home(checkout: Path) -> Path:
    """Return the folder of wrappers and sandboxes: `$LANDFALL_HOME` or `checkout/.landfall`."""
    named = os.environ.get("LANDFALL_HOME")
    return Path(named).expanduser().resolve() if named else checkout / ".landfall"


def cache(environment: Mapping[str, str] | None = None) -> Path:
    """Return the user's cache folder, shared by all checkouts, for slow downloads and builds."""
    environment = os.environ if environment is None else environment
    base = environment.get("XDG_CACHE_HOME")
    home = environment.get("HOME")
    return (Path(base) if base else (Path(home) if home else Path.home()) / ".cache") / "landfall"

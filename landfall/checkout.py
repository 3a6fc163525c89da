"""Where the project stands, and where what it keeps on this machine stands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from landfall.problems import refuse


def find(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` (the current one) with a `Pulumi.yaml`.

    Raises:
        ProblemsError: there is none.

    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise refuse(
        f"no Pulumi.yaml in {start} or above it",
        "Run the command inside a checkout of the project.",
    )


def home(checkout: Path) -> Path:
    """Return the folder of wrappers and sandboxes: `$LANDFALL_HOME`, else `checkout/.landfall`."""
    named = os.environ.get("LANDFALL_HOME")
    return Path(named).expanduser().resolve() if named else checkout / ".landfall"


def cache(environment: Mapping[str, str] | None = None) -> Path:
    """Return the folder that all checkouts of this user share, for what is slow to get again."""
    environment = os.environ if environment is None else environment
    base = environment.get("XDG_CACHE_HOME")
    home = environment.get("HOME")
    return (Path(base) if base else (Path(home) if home else Path.home()) / ".cache") / "landfall"

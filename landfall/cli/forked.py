"""Template of the command `landfall`."""

from __future__ import annotations

import sys

from landfall.cli.main import main
from landfall.forking.templates import load_all


def load(_: str) -> None:
    """Load every subcommand."""
    load_all("landfall.cli")


def run(arguments: list[str]) -> None:
    """Run a command line; its first word is the command's path."""
    sys.argv[:] = arguments
    main()

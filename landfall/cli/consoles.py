"""The standard output of a command, without colour or bold if NO_COLOR is set (no-color.org)."""

from __future__ import annotations

import os

from rich.console import Console

from landfall import commands
from landfall.cli.shortening import wrapped


def console() -> Console:
    """Return a console for standard output."""
    if os.environ.get("NO_COLOR"):
        return Console(color_system=None, highlight=False)
    return Console(highlight=False)


def said(line: str) -> None:
    """Print a progress line: folded on a terminal, with commands as a user types them here."""
    print(wrapped(commands.typed(line)))

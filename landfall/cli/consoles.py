"""The console of a command: no colour and no bold where NO_COLOR is set (no-color.org)."""

from __future__ import annotations

import os

from rich.console import Console


def console() -> Console:
    """Return a console for standard output."""
    if os.environ.get("NO_COLOR"):
        return Console(color_system=None, highlight=False)
    return Console(highlight=False)

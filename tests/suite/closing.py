"""The last lines of a failed run: what failed, and the command that runs it alone."""

from __future__ import annotations

from collections.abc import Iterable


def lines(nodeids: Iterable[str]) -> list[str]:
    """Return one command for each failed test, ready to paste into a shell; each test once."""
    quoted = (nodeid.replace("'", "'\\''") for nodeid in dict.fromkeys(nodeids))
    return [f"PYTHONHASHSEED=0 .venv/bin/pytest '{nodeid}'" for nodeid in quoted]

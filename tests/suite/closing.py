"""The last lines of a failed run: what failed, and the command that runs it alone."""

from __future__ import annotations

from collections.abc import Iterable


def failed(reports: Iterable[tuple[str, str]]) -> list[str]:
    """Return the ids of tests that failed or broke, each once, in the order of the reports.

    Takes pairs of outcome (`failed` or `error`) and test id.
    """
    return list(dict.fromkeys(nodeid for _, nodeid in reports if nodeid))


def lines(nodeids: list[str]) -> list[str]:
    """Return one command for each failed test, ready to paste into a shell."""
    quoted = [nodeid.replace("'", "'\\''") for nodeid in nodeids]
    return [f"PYTHONHASHSEED=0 .venv/bin/pytest '{nodeid}'" for nodeid in quoted]

"""Shorten long lists on a terminal to the first few entries and a count of the rest."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import TextIO

from landfall.reports.folding import folded

# A small stack has no more names of one kind than this, so all of its names are shown.
_NAMES = 12
_FEW = 3
_LINES = 20


class Lists:
    """Shorten lists, unless `everything` is true. `are_cut` records whether any list was cut."""

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.are_cut = False

    def names(self, names: Collection[str], noun: str) -> str:
        """Return the names, comma-separated, or a count and the first few: `9 accounts (a, …)`."""
        if self.everything or len(names) <= _NAMES:
            return ", ".join(names)
        return f"{len(names):,} {noun} ({self.few(names)})"

    def few(self, names: Collection[str]) -> str:
        """Return the first few names, with an ellipsis if there are more."""
        if self.everything or len(names) <= _FEW:
            return ", ".join(names)
        self.are_cut = True
        return ", ".join([*list(names)[:_FEW], "…"])

    def lines(self, lines: Iterable[str], noun: str, most: int = _LINES) -> Iterator[str]:
        """Yield the first lines of a section, then the number of the rest."""
        listed = list(lines)
        shown = len(listed) if self.everything else most
        yield from listed[:shown]
        if len(listed) > shown:
            self.are_cut = True
            yield f"  and {len(listed) - shown:,} more {noun}"


def wrapped(line: str, stream: TextIO | None = None) -> str:
    """Return a line folded to the terminal's width; unchanged if `stream` is not a terminal.

    `stream` is standard output by default.
    """
    if not (stream or sys.stdout).isatty():
        return line
    width = max(shutil.get_terminal_size().columns, 40)
    return "\n".join(folded(part, width) for part in line.split("\n"))

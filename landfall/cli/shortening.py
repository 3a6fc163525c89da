"""Long lists on a terminal: the first few, and how many more there are."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import TextIO

from landfall.reports.folding import folded

# As many names as a small stack has of one kind are all shown.
_NAMES = 12
_FEW = 3
_LINES = 20


class Lists:
    """Shortens lists, unless `everything` is asked for; notes in `are_cut` whether one was."""

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.are_cut = False

    def names(self, names: Collection[str], noun: str) -> str:
        """Return the names with commas, or their number and the first few: `9 accounts (a, …)`."""
        if self.everything or len(names) <= _NAMES:
            return ", ".join(names)
        return f"{len(names):,} {noun} ({self.few(names)})"

    def few(self, names: Collection[str]) -> str:
        """Return the first few names, and a sign that there are more."""
        if self.everything or len(names) <= _FEW:
            return ", ".join(names)
        self.are_cut = True
        return ", ".join([*list(names)[:_FEW], "…"])

    def lines(self, lines: Iterable[str], noun: str, most: int = _LINES) -> Iterator[str]:
        """Yield the first lines of a section, and then how many more there are."""
        listed = list(lines)
        shown = len(listed) if self.everything else most
        yield from listed[:shown]
        if len(listed) > shown:
            self.are_cut = True
            yield f"  and {len(listed) - shown:,} more {noun}"


def wrapped(line: str, stream: TextIO | None = None) -> str:
    """Return a line folded to the terminal's width; unchanged where `stream` goes elsewhere.

    `stream` is standard output by default.
    """
    if not (stream or sys.stdout).isatty():
        return line
    width = max(shutil.get_terminal_size().columns, 40)
    return "\n".join(folded(part, width) for part in line.split("\n"))

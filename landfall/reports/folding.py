"""Fold lines to a width, with the continuation indented."""

from __future__ import annotations

import textwrap


def folded(line: str, width: int) -> str:
    """Return a line folded to `width` columns; never breaks a word."""
    return textwrap.fill(
        line,
        width,
        subsequent_indent=" " * (len(line) - len(line.lstrip(" ")) + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )

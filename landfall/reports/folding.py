"""Lines folded to a width, with what follows indented deeper than the line's beginning."""

from __future__ import annotations

import textwrap


def folded(line: str, width: int) -> str:
    """Return a line folded to `width` columns; words are never broken."""
    return textwrap.fill(
        line,
        width,
        subsequent_indent=" " * (len(line) - len(line.lstrip(" ")) + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )

"""Generated parts of documentation pages: tables, and the text between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table. The cells are Markdown already."""
    return "\n".join([_row(head), f"|{'---|' * len(head)}", *map(_row, rows)])


def renewed(page: str, begin: str, end: str, text: str) -> str:
    """Return `page` with `text` between the marks `begin` and `end`.

    Raises:
        ValueError: the page lacks a mark.

    """
    before, found, rest = page.partition(begin)
    _, also_found, after = rest.partition(end)
    if not found or not also_found:
        raise ValueError(f"the page lacks the marks {begin} and {end}")
    return f"{before}{begin}{text}{end}{after}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""Verbs and lists in the lines of the view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

DONE: Final = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "import": "imported",
}
"""The operations that change something, with their past tense."""

DOING: Final = {
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
    "replace": "replacing",
    "import": "importing",
    "read": "reading",
    "refresh": "reading",
    "create-replacement": "creating",
    "delete-replaced": "deleting",
}

NAMES: Final = 5
"""The most names of one kind to list."""


def counted(changes: Mapping[str, int], *, planned: bool = False) -> str:
    """Return counts in words: `3 created, 1 updated`, or `3 to create, 1 to update`."""
    return ", ".join(
        f"{changes[operation]:,} {f'to {operation}' if planned else done}"
        for operation, done in DONE.items()
        if changes.get(operation)
    )


def some(names: Iterable[str], most: int = NAMES) -> str:
    """Return the first names and the number of the rest."""
    listed = list(dict.fromkeys(names))
    more = f" and {len(listed) - most:,} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def kinds(counts: Sequence[str], most: int = 3) -> str:
    """Return the first counts and the number of the other kinds."""
    left = len(counts) - most
    more = f" and {left} more {'kind' if left == 1 else 'kinds'}" if left > 0 else ""
    return ", ".join(counts[:most]) + more


def clock(seconds: float) -> str:
    """Return an elapsed time as `0:07` or `12:40`."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    return f"{minutes}:{rest:02}"

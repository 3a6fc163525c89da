"""Three-valued logic: True, False, and None for unknown (Kleene)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def any_of(truths: Iterable[Truth]) -> Truth:
    """Or: True where one is, else None where one is, else False."""
    found: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            found = None
    return found


def all_of(truths: Iterable[Truth]) -> Truth:
    """And: False where one is, else None where one is, else True."""
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            found = None
    return found


def negation(truth: Truth) -> Truth:
    """Not; the unknown stays unknown."""
    return None if truth is None else not truth

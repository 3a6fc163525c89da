"""What somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice that looks most like `name`, if one does; case does not matter."""
    by_lower = {choice.lower(): choice for choice in sorted(choices)}
    # Matching costs the square of the length; no name is that long.
    near = difflib.get_close_matches(name[:200].lower(), list(by_lower), n=1)
    return by_lower[near[0]] if near else None


def suggestion(name: str, choices: Iterable[str]) -> str:
    """Return `did you mean 'x'?` where a choice is near, else what there is to choose from."""
    known = sorted(choices)
    near = nearest(name, known)
    if near:
        return f"did you mean '{near}'?"
    listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    return f"there is {listed}" if known else "there is none"

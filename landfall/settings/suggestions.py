"""What somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestion(name: str, choices: Iterable[str]) -> str:
    """Return `did you mean 'x'?` where a choice is near, else what there is to choose from."""
    known = sorted(choices)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"there is {listed}" if known else "there is none"

"""Format problems for the command line; of many problems of one kind, show the first few."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from landfall.problems import Problem, ProblemsError

_MOST_OF_A_KIND = 10
_NAMES_AND_NUMBERS = re.compile(r"'[^']*'|\d+")


def lines(error: ProblemsError) -> Iterator[str]:
    """Yield an error's problems; only the first of each kind if an option shows them all."""
    kinds = [_kind(problem) for problem in error.problems]
    total = Counter(kinds)
    most = _MOST_OF_A_KIND if error.shown_in_full_by else len(kinds)
    shown: Counter[str] = Counter()
    for problem, kind in zip(error.problems, kinds, strict=True):
        shown[kind] += 1
        if shown[kind] <= most:
            yield f"error: {problem}"
        if shown[kind] == most < total[kind]:
            more = f"{total[kind] - most:,} more of this kind"
            yield f"    and {more}; to see all: {error.shown_in_full_by}"
    if any(count > most for count in total.values()):
        yield f"{len(kinds):,} mistakes in total"


def _kind(problem: Problem) -> str:
    """Return a problem's text without its names and numbers, to group similar problems."""
    what = problem.what
    for part in problem.path.split("."):
        what = what.replace(part, "…") if part else what
    return _NAMES_AND_NUMBERS.sub("…", what)

"""Problems as the command line prints them: of many of one kind, the first few and the number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from landfall.problems import Problem, ProblemsError

_MOST_OF_A_KIND = 10
_NAMES_AND_NUMBERS = re.compile(r"'[^']*'|\d+")


def lines(error: ProblemsError) -> Iterator[str]:
    """Yield the problems of an error; where a command shows all, the first of each kind alone."""
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
            yield f"    and {more}; {error.shown_in_full_by} shows them"
    if any(count > most for count in total.values()):
        yield f"{len(kinds):,} mistakes in all"


def _kind(problem: Problem) -> str:
    """Return what is wrong without the names and numbers that differ from place to place."""
    what = problem.what
    for part in problem.path.split("."):
        what = what.replace(part, "…") if part else what
    return _NAMES_AND_NUMBERS.sub("…", what)

"""Problems of an input, in the form that every command prints.

A `Problem` says what is wrong, where, and how to fix it. Commands collect all problems of an input
and raise them together as one `ProblemsError`; `landfall.cli.main` prints them without a traceback
and exits with the error's `exit_status`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Location", "Problem", "ProblemsError"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; `line` and `column` count from 1, or are 0 if unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Render as editors and compilers do: `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `what` is wrong, the `path` in the document, and the `fix`.

    `path` is dotted, as in `landfall:accounts.orders-dev.unit`. `rule` is the check's stable id, if
    it has one; `id` is the kind of a mistake in a stack file (`landfall.validation.kinds`).
    """

    what: str
    fix: str = ""
    path: str = ""
    location: Location | None = None
    rule: str = ""
    id: str = ""

    def __str__(self) -> str:
        """Render as one or two lines: place, path and what; then the fix, indented."""
        place = ": ".join(part for part in (str(self.location or ""), self.path) if part)
        head = f"{place}: {self.what}" if place else self.what
        head = f"{head} [{self.id}]" if self.id else head
        return f"{head}\n    {self.fix}" if self.fix else head


class ProblemsError(Exception):
    """A rejected input, with every problem found in it.

    `exit_status` is 1 for invalid input and 2 for a problem of the machine or the call: a port in
    use, a missing program, an unknown stack. If `shown_in_full_by` names a command or option that
    prints every problem, the command line may print only the first of each kind.
    """

    def __init__(self, problems: Iterable[Problem], *, exit_status: int = 1) -> None:
        self.problems = tuple(problems)
        self.exit_status = exit_status
        self.shown_in_full_by = ""
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(what: str, fix: str = "", *, path: str = "", exit_status: int = 2) -> ProblemsError:
    """Return (not raise) an error with one problem; the default status is the machine's, 2."""
    return ProblemsError([Problem(what, fix, path)], exit_status=exit_status)

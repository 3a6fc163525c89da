"""What is wrong with an input, in the form that every command prints.

A `Problem` says what is wrong, where, and what would be right. Commands collect all problems of an
input and raise them together as one `ProblemsError`; `landfall.cli.main` prints them without a
traceback and ends with the error's `exit_status`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Location", "Problem", "ProblemsError"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file; `line` and `column` count from 1, 0 where they are not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Render as editors and compilers do: `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `what` is wrong, at which `path` of the document, and the `fix`.

    `path` is dotted, as in `landfall:accounts.orders-dev.unit`. `rule` is a stable id where a
    check has one.
    """

    what: str
    fix: str = ""
    path: str = ""
    location: Location | None = None
    rule: str = ""

    def __str__(self) -> str:
        """Render on one or two lines: place, path and what; then the fix, indented."""
        place = ": ".join(part for part in (str(self.location or ""), self.path) if part)
        head = f"{place}: {self.what}" if place else self.what
        return f"{head}\n    {self.fix}" if self.fix else head


class ProblemsError(Exception):
    """An input was refused; carries every problem found in it.

    `exit_status` is 1 where the input is wrong and 2 where the machine or the call is: a port in
    use, a missing program, a stack that does not exist. Where `shown_in_full_by` names a command
    or an option that prints every problem, a command line may print the first of each kind alone.
    """

    def __init__(self, problems: Iterable[Problem], *, exit_status: int = 1) -> None:
        self.problems = tuple(problems)
        self.exit_status = exit_status
        self.shown_in_full_by = ""
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(what: str, fix: str = "", *, path: str = "", exit_status: int = 2) -> ProblemsError:
    """Return (not raise) an error of a single problem; by default one of the machine's."""
    return ProblemsError([Problem(what, fix, path)], exit_status=exit_status)

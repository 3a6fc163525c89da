"""The views of a rehearsal while it runs: a board on a terminal, otherwise a line an action."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.live import Live
from rich.text import Text

from landfall.cli.consoles import console
from landfall.printable import escaped
from landfall.rehearsal import timeline
from landfall.rehearsal.changes import Decision
from landfall.rehearsal.course import RUNNING, Course, Entry
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.triggers import Change

_PER_SECOND: Final = 4
_STYLES: Final = {
    r"^  \S.*$": "bold",
    r"^    .* waits$": "dim",
    r"^    .* \.\.\. +[\d.]+ s": "cyan",
    r"^    .* ok +[\d.]+ s": "green",
    r"^    .* (FAILED|not run) +[\d.]+ s": "bold red",
}
"""The styles of lines of the board; each also says in words what its colour does."""


@contextmanager
def of(silent: bool, course: Course, pipelines: Sequence[Pipeline]) -> Iterator[None]:
    """Show a course while it runs; `silent` shows nothing."""
    if silent or not pipelines:
        yield
    elif sys.stdout.isatty():
        with _board(course, pipelines):
            yield
    else:
        course.changed = _Lines().changed
        yield
        print()


def decided(change: Change, decisions: Sequence[Decision]) -> Iterator[str]:
    """Yield which pipelines a change starts, and why it does not start the others."""
    yield escaped(str(change))
    yield from (f"  {escaped(str(each))}" for each in decisions)
    yield ""


def as_json(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """Return decisions as JSON."""
    return [
        {
            "pipeline": each.pipeline,
            "starts": each.start is not None,
            "by": each.by or None,
            "why": each.why or None,
        }
        for each in decisions
    ]


@contextmanager
def _board(course: Course, pipelines: Sequence[Pipeline]) -> Iterator[None]:
    structures = {each.name: each.structure for each in pipelines}

    def drawn() -> Text:
        name = course.entries[-1].pipeline if course.entries else next(iter(structures))
        return board(course, structures[name], course.now)

    with Live(
        console=console(), get_renderable=drawn, refresh_per_second=_PER_SECOND, transient=True
    ):
        yield


def board(course: Course, pipeline: Mapping[str, Any], now: float) -> Text:
    """Return the board of a pipeline in colours."""
    lines = "\n".join(timeline.board(course, pipeline, now))
    text = Text(lines, no_wrap=True, overflow="ellipsis")
    for pattern, style in _STYLES.items():
        text.highlight_regex(f"(?m){pattern}", style)
    return text


class _Lines:
    """Prints a heading for each execution, and a line for each change of its actions."""

    def __init__(self) -> None:
        self._execution = ""

    def changed(self, entry: Entry) -> None:
        """Print an action that ended, or that has progress to tell."""
        if entry.execution != self._execution:
            self._execution = entry.execution
            print(timeline.heading(entry))
        if entry.status != RUNNING or entry.note:
            print(f"  {timeline.line(entry)}", flush=True)

"""The views of a rehearsal while it runs: a board on a terminal, otherwise a line an action."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.live import Live
from rich.text import Text

from landfall.cli.consoles import console
from landfall.rehearsal import timeline
from landfall.rehearsal.course import RUNNING, Course, Entry
from landfall.rehearsal.executions import Pipeline

_PER_SECOND = 4


@contextmanager
def of(silent: bool, course: Course, pipelines: Sequence[Pipeline]) -> Iterator[None]:
    """Show a course while it runs; `silent` shows nothing."""
    if silent:
        yield
    elif sys.stdout.isatty():
        with _board(course, pipelines):
            yield
    else:
        course.changed = _Lines().changed
        yield
        print()


@contextmanager
def _board(course: Course, pipelines: Sequence[Pipeline]) -> Iterator[None]:
    structures = {each.name: each.structure for each in pipelines}

    def drawn() -> Text:
        name = course.entries[-1].pipeline if course.entries else next(iter(structures))
        return Text("\n".join(timeline.board(course, structures[name], course.now)))

    with Live(
        console=console(), get_renderable=drawn, refresh_per_second=_PER_SECOND, transient=True
    ):
        yield


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

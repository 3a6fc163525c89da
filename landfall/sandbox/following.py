"""Follow the event log of a running engine, and show its progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from landfall.engine import events
from landfall.engine.event_log import Growing
from landfall.engine_view import failures, report, screen
from landfall.engine_view.course import Course

_QUIET_SECONDS: Final = 30.0
_QUIET_PART: Final = 0.1
"""The longest time without a line in a log; in a long run, a tenth of its duration."""


class Following:
    """Read the event log as it grows, and show the progress."""

    def __init__(
        self,
        course: Course,
        log: Path,
        console: Console,
        line: Callable[[str], None],
    ) -> None:
        self.course, self._log = course, Growing(log)
        self._console, self._line = console, line
        self._began = self._printed = time.monotonic()
        self._live: Live | None = None
        self._told: set[str] = set()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show live counts on a terminal during the run."""
        if not self._console.is_terminal or self._console.is_dumb_terminal:
            yield
            return
        with Live(
            console=self._console,
            get_renderable=self._rendered,
            transient=True,
            refresh_per_second=4,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as self._live:
            yield
        self._live = None

    def look(self) -> None:
        """Process new events, and print the concerns that are complete."""
        for event in self._added():
            self.course.add(event)
            if isinstance(event, events.Moved) and event.phase == "failed":
                self._failed(event.step)
        for concern, tally in self.course.finished():
            self._print(report.completed(concern, tally, self._elapsed))

    def meanwhile(self) -> None:
        """Process new events; without a live display, print the progress from time to time."""
        self.look()
        quiet = max(_QUIET_SECONDS, _QUIET_PART * self._elapsed)
        if self._live is None and time.monotonic() - self._printed > quiet:
            slow = self.course.slow(time.time())
            self._print(report.heartbeat(self.course, self._elapsed, slow))

    def rest(self) -> None:
        """Print the concerns that did not finish, or whose end was not reported."""
        for concern, tally in self.course.finished(at_end=True):
            self._print(report.completed(concern, tally, self._elapsed))

    def _failed(self, step: events.Step) -> None:
        own = [each for each in self.course.said if each.urn == step.urn]
        if step.urn not in self._told and not any(
            failures.is_consequence(each.message) for each in own
        ):
            self._told.add(step.urn)
            self._print(report.failed_now(step, own, self._elapsed))

    def _print(self, line: str) -> None:
        self._printed = time.monotonic()
        self._line(line)

    def _added(self) -> Iterator[events.Event]:
        return events.records(self._log.added())

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _rendered(self) -> Group:
        most = max(self._console.height - 2, 3)
        found = screen.lines(self.course, self._elapsed, time.time(), most)
        return Group(*(Text(line, no_wrap=True, overflow="ellipsis") for line in found))

"""Run the engine under Landfall's view: read its event log as it grows, and print the lines.

The view replaces the engine's output, unless `--verbose` is given. The engine's output is kept in a
file during the run, for messages that are not in its events.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final

from rich.console import Console

from landfall.checking import tracing, verdicts
from landfall.checking.preview import Planned, Preview, Told
from landfall.engine import event_log, events
from landfall.engine.running import UNSAVED, Outcome, Runner
from landfall.engine_view import changes, report
from landfall.engine_view.concerns import Concerns
from landfall.engine_view.course import Course, Plan
from landfall.printable import one_line
from landfall.reports import Finding, text
from landfall.reports.finding import graves
from landfall.reports.folding import folded
from landfall.sandbox.following import Following
from landfall.settings import Stack
from landfall.settings.source import Locations

_TITLES: Final = {"preview": "Preview of stack {}", "up": "Update of stack {}"}
_LAST_LINES: Final = 15

Settings = tuple[Stack, Locations]


@dataclass
class View:
    """The view of the runs of one command; an update uses the plan of its preview.

    `settings` maps resources to lines of the stack file. With `verbose`, the engine's output
    goes to the screen instead. With `brief_additions`, additions are only counted.
    `grave` counts the latest run's critical and high advice.
    """

    console: Console
    settings: Settings | None = None
    verbose: bool = False
    brief_additions: bool = False
    grave: str = ""
    _known: set[str] = field(default_factory=set)
    _plan: Plan = field(default_factory=dict)
    _planned: dict[str, events.Step] = field(default_factory=dict)

    def run(
        self,
        runner: Runner,
        command: str,
        arguments: Sequence[str],
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Outcome:
        """Run `preview` or `up` with these arguments, including the event log; show progress.

        `more` are variables of this run beside the runner's.
        """
        findings = runner.events.with_name("findings.jsonl")
        findings.unlink(missing_ok=True)
        variables = {**event_log.VARIABLES, **more, "LANDFALL_FINDINGS": str(findings)}
        if command == "preview":
            variables |= UNSAVED
        try:
            if self.verbose:
                outcome = runner.watch(arguments, variables)
                found = verdicts.of_preview(Preview("", lines=tuple(_json_lines(findings))))
                self.grave = graves(found)
                return outcome
            return self._run(runner, command, arguments, variables)
        finally:
            findings.unlink(missing_ok=True)

    def _run(
        self,
        runner: Runner,
        command: str,
        arguments: Sequence[str],
        variables: Mapping[str, str],
    ) -> Outcome:
        title = _TITLES[command].format(runner.stack)
        course = Course(self._concerns(), self._plan, is_preview=command == "preview")
        with tempfile.TemporaryFile() as output:
            self._line(title, style="bold")
            following = Following(course, runner.events, self.console, self._line)
            with following.shown():
                outcome = runner.watch(
                    arguments, variables, output=output, meanwhile=following.meanwhile
                )
            following.look()
            found = self._found(course, runner.stack, Path(variables["LANDFALL_FINDINGS"]))
            self.grave = graves(found)
            self._close(command, following, outcome, found, _tail(output))
        return outcome

    def _close(
        self,
        command: str,
        following: Following,
        outcome: Outcome,
        found: Sequence[Finding],
        engine_text: str,
    ) -> None:
        """Print the result of a run: failures first, then changes, warnings and findings."""
        course = following.course
        place = self._place(course)
        refused = [each for each in found if each.fails]
        if not outcome.succeeded and not outcome.interrupted:
            lines = list(report.failing(course, place))
            if not lines and not refused:
                lines = [f"error: {line}" for line in engine_text.splitlines()]
            self._lines(lines, style="red")
        if refused:
            self._lines(text.paragraphs(refused))
        if outcome.interrupted:
            self._lines(report.cut_short(course, time.time()))
        if command == "preview":
            self._plan, self._planned = course.plan, course.resources
            self._changes(course, place)
        else:
            following.rest()
        self._lines(report.warnings(course.said, self._known), style="yellow")
        self._lines(self._advice(course, found))
        if not outcome.succeeded:
            what = "stopped by the policies" if refused else "failed"
            what = "interrupted" if outcome.interrupted else what
            noun = "Preview" if command == "preview" else "Update"
            did = "" if command == "preview" else f": {report.counts(course)}"
            self._line(f"{noun} {what}{did}", style="bold red")

    def _changes(self, course: Course, place: changes.Place) -> None:
        new = all(step.operation == "create" for step in course.changes.values())
        brief = new and self.brief_additions
        self._lines(
            f"  {line}"
            for line in changes.lines(
                list(course.changes.values()), course.concern, place, brief=brief
            )
        )

    def _advice(self, course: Course, found: Sequence[Finding]) -> Iterator[str]:
        """Yield the non-blocking findings, each once; those of other packs unchanged."""
        advice = [each for each in found if not each.fails and each.verdict == "fail"]
        lines = list(text.headlines(advice))
        if not found:
            lines += [
                f"advice: {one_line(each.message)}" for each in course.objected if _is_advice(each)
            ]
        for line in lines:
            if line not in self._known:
                self._known.add(line)
                yield line

    def _found(self, course: Course, stack: str, file: Path) -> tuple[Finding, ...]:
        told = tuple(Told(each.level, each.urn, each.message) for each in course.objected)
        seen = Preview(stack, lines=tuple(_json_lines(file)), told=told)
        tracer = self._tracer(course)
        found = tuple(verdicts.of_preview(seen))
        return tuple(tracer.traced(each) for each in found) if tracer else found

    def _concerns(self) -> Concerns:
        if self.settings is None:
            return Concerns()
        stack = self.settings[0]
        return Concerns(stack.accounts, stack.delivery.applications)

    def _tracer(self, course: Course) -> tracing.Tracer | None:
        if self.settings is None:
            return None
        seen = {**self._planned, **course.resources}
        return tracing.tracer(*self.settings, [_planned(step) for step in seen.values()])

    def _place(self, course: Course) -> changes.Place:
        tracer = self._tracer(course)

        def place(urn: str, property: str) -> str:
            # One setting determines the tags of all resources.
            tags = property.startswith(("tagsAll", "defaultTags"))
            found = tracer.place_of(urn, "tags" if tags else property) if tracer else None
            return str(found or "")

        return place

    def _lines(self, lines: Sequence[str] | Iterator[str], style: str = "") -> None:
        for line in lines:
            # Only the first line of a paragraph is coloured; the rest is indented.
            self._line(line, style="" if line.startswith(" ") else style)

    def _line(self, line: str, style: str = "") -> None:
        if self.console.is_terminal:
            line = "\n".join(folded(each, max(self.console.width, 40)) for each in line.split("\n"))
        self.console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def _planned(step: events.Step) -> Planned:
    return Planned(step.urn, step.type, step.new.get("inputs") or {}, step.parent)


def _is_advice(each: events.Objected) -> bool:
    return each.level == "advisory"


def _json_lines(file: Path) -> Iterator[Mapping[str, Any]]:
    if file.exists():
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)


def _tail(output: IO[bytes]) -> str:
    """Return the last lines of the engine's output."""
    output.seek(0, os.SEEK_END)
    output.seek(max(output.tell() - 20_000, 0))
    lines = output.read().decode(errors="replace").splitlines()
    return "\n".join([line for line in lines if line.strip()][-_LAST_LINES:])

"""Run a command for the parts of a fleet: wave after wave, side by side in a wave."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from landfall.blueprint import foundation_outputs, parts
from landfall.blueprint.parts import Part
from landfall.fleet import fingerprints, results
from landfall.fleet.choosing import Waves, label
from landfall.fleet.engines import Engines, Run
from landfall.fleet.journal import Journal
from landfall.fleet.results import Result, Summary
from landfall.fleet.scheduling import Room
from landfall.problems import refuse
from landfall.settings.stack import Stack

_LOOK_SECONDS: Final = 0.1
_SKIPS: Final = frozenset({"up", "preview"})

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run as the command line asks for it.

    `skip` leaves out parts that have not changed, `resume` those that an unfinished run of the same
    command has done. `more` are further arguments of the engine.
    """

    command: str
    waves: Waves
    room: Room
    skip: bool = True
    resume: bool = False
    more: Sequence[str] = ()


class Fleet:
    """One run for a fleet."""

    def __init__(self, stack: Stack, engines: Engines, journal: Journal, report: Report) -> None:
        self._stack, self._engines, self._journal = stack, engines, journal
        self._report = report
        self._program = fingerprints.of_program(engines.checkout)
        self._outputs: dict[str, Any] = {}
        self._listed: dict[str, str] = {}
        self._results: dict[str, Result] = {}
        self._interrupts = 0

    def run(self, wanted: Wanted) -> Summary:
        """Run a command and return what came of each part.

        Raises:
            ProblemsError: the run cannot begin; nothing was changed.

        """
        began = time.monotonic()
        self._engines.folder.mkdir(parents=True, exist_ok=True)
        self._read()
        waves = self._ordered(wanted)
        resumed = self._begun(wanted)
        with self._interrupts_noted():
            for number, wave in enumerate(waves, start=1):
                if self._stops:
                    break
                self._run_wave(number, wave, wanted, resumed)
        self._ended(waves)
        names = dict.fromkeys(part.name for wave in waves for part in wave)
        found = tuple(self._results[name] for name in names)
        return Summary(self._stack.name, wanted.command, found, time.monotonic() - began)

    @property
    def _stops(self) -> bool:
        bad = {results.FAILED, results.INTERRUPTED}
        return self._interrupts > 0 or any(each.status in bad for each in self._results.values())

    def _read(self) -> None:
        """Read the backend, and refuse a stack that is not cut yet."""
        self._listed = self._engines.listed()
        found = self._engines.outputs() if self._stack.name in self._listed else {}
        self._outputs = found.get(foundation_outputs.NAME) or {}
        if found.get("accounts") and not self._outputs:
            now = parts.slices(self._stack)
            problems = parts.moved(self._stack.name, dict.fromkeys(found["accounts"]), now)
            if problems:
                what, _, fix = problems[0].partition("\n    ")
                raise refuse(what, fix, exit_status=1)

    def _ordered(self, wanted: Wanted) -> Waves:
        """Return the waves in their order, with those first from which accounts leave."""
        if wanted.command == "destroy":
            return wanted.waves[::-1]
        if wanted.command != "up":
            return wanted.waves
        first = tuple(self._left(wanted.waves))
        return (first, *wanted.waves) if first else wanted.waves

    def _left(self, waves: Waves) -> Iterator[Part]:
        """Yield slices that lose accounts: AWS may close these when the foundation is applied."""
        in_run = {part.name for wave in waves for part in wave}
        known = self._outputs.get("accounts") or {}
        if "" not in in_run:
            return
        for name, accounts in (self._outputs.get("slices") or {}).items():
            gone = [each for each in accounts if each not in self._stack.accounts]
            part = parts.named(self._stack, name)
            if not gone:
                continue
            if part is None:
                raise refuse(
                    f"slice {name} has the resources of account {gone[0]}, and neither is in the "
                    "settings",
                    f"keep the slice until its accounts are removed: add {name}: to "
                    "landfall:fleet.slices",
                    exit_status=1,
                )
            if new := [each for each in part.accounts if each not in known]:
                raise refuse(
                    f"slice {name} loses account {gone[0]} and gets account {new[0]}",
                    "apply the removal first, then the addition",
                    exit_status=1,
                )
            yield part

    def _begun(self, wanted: Wanted) -> frozenset[str]:
        """Begin the run in the journal; return the parts that an unfinished run has done."""
        journal, done = self._journal, frozenset[str]()
        if wanted.resume and journal.command and journal.command != wanted.command:
            raise refuse(
                f"the unfinished run was `landfall fleet {journal.command}`",
                f"resume that one, or run {wanted.command} without --resume",
            )
        if wanted.resume and journal.command:
            done = frozenset(
                name
                for name, entry in journal.entries.items()
                if entry.command == wanted.command and entry.status == results.DONE
            )
        else:
            for entry in journal.entries.values():
                entry.command = ""
        journal.command = wanted.command
        journal.write()
        return done

    def _run_wave(
        self, number: int, wave: Sequence[Part], wanted: Wanted, resumed: frozenset[str]
    ) -> None:
        waiting, running = list(wave), list[Run]()
        try:
            while (waiting and not self._interrupts) or running:
                for part in list(waiting):
                    if self._interrupts or not wanted.room.fits(part):
                        break
                    waiting.remove(part)
                    if started := self._start(part, number, wanted, resumed):
                        wanted.room.take(part)
                        running.append(started)
                self._pass_on(running)
                for run in list(running):
                    if result := run.result(interrupted=self._interrupts > 0):
                        running.remove(run)
                        wanted.room.free(run.part)
                        self._note(run.part, result)
                if running:
                    time.sleep(_LOOK_SECONDS)
        finally:
            # Never leave an engine running, whatever fails here.
            for run in running:
                run.interrupt()
                run.process.wait()
        self._settled(wave)

    def _start(
        self, part: Part, number: int, wanted: Wanted, resumed: frozenset[str]
    ) -> Run | None:
        """Start a part; None if it needs no run, or cannot run."""
        entry, name = self._journal.entry(part.name), part.stack_of(self._stack.name)
        digest = self._digest(part)
        if self._unchanged(part, digest, wanted, resumed):
            # A slice that lost an account has run before the foundation.
            skipped = Result(label(part), name, number, results.SKIPPED)
            self._results.setdefault(part.name, skipped)
            return None
        problems = () if part.foundation else self._lacks(part, wanted.command)
        if problems:
            status = results.WAITING if wanted.command == "preview" else results.FAILED
            found = Result(label(part), name, number, status, problems=tuple(problems))
            self._note(part, found)
            return None
        if name not in self._listed:
            self._engines.create(part)
            self._listed[name] = ""
        entry.command, entry.status, entry.fingerprint = wanted.command, "running", digest
        if wanted.command != "preview":
            entry.applied = ""
        self._journal.write()
        self._report(f"{label(part)}: {wanted.command} started")
        return self._engines.start(part, wanted.command, number, wanted.more)

    def _lacks(self, part: Part, command: str) -> list[str]:
        if command not in _SKIPS:
            return []
        return foundation_outputs.wrong(self._outputs, self._stack, part)

    def _digest(self, part: Part) -> str:
        return fingerprints.of_part(self._stack, part, self._program, self._outputs)

    def _unchanged(self, part: Part, digest: str, wanted: Wanted, resumed: frozenset[str]) -> bool:
        entry, name = self._journal.entry(part.name), part.stack_of(self._stack.name)
        if wanted.command not in _SKIPS:
            if part.name in resumed:
                return True
            # A part that was never applied has nothing to refresh or to destroy.
            return name not in self._listed
        if part.name in resumed and entry.fingerprint == digest:
            return True
        if not (wanted.skip and entry.applied == digest):
            return False
        return bool(entry.updated) and self._listed.get(name) == entry.updated

    def _note(self, part: Part, result: Result) -> None:
        self._results[part.name] = result
        entry = self._journal.entry(part.name)
        entry.status = result.status
        if result.status == results.DONE and self._journal.command == "up":
            if part.foundation:
                self._outputs = self._engines.outputs().get(foundation_outputs.NAME) or {}
            entry.applied, entry.updated = self._digest(part), ""
            entry.fingerprint = entry.applied
        self._journal.write()
        self._report(result.line())

    def _settled(self, wave: Sequence[Part]) -> None:
        """Note the state that the updates of a wave have left."""
        applied = [part for part in wave if self._journal.entry(part.name).applied]
        if self._journal.command != "up" or not applied:
            return
        self._listed = self._engines.listed()
        for part in applied:
            result = self._results.get(part.name)
            if result is not None and result.status == results.DONE:
                name = part.stack_of(self._stack.name)
                self._journal.entry(part.name).updated = self._listed.get(name, "")
        self._journal.write()

    def _ended(self, waves: Waves) -> None:
        for number, wave in enumerate(waves, start=1):
            for part in wave:
                name = part.stack_of(self._stack.name)
                missing = Result(label(part), name, number, results.NOT_RUN)
                self._results.setdefault(part.name, missing)
        if not self._stops:
            self._journal.command = ""
            self._journal.write()

    def _pass_on(self, running: Sequence[Run]) -> None:
        """Pass each interrupt on to the engines once."""
        while self._passed < self._interrupts:
            self._passed += 1
            for run in running:
                run.interrupt()

    @contextmanager
    def _interrupts_noted(self) -> Iterator[None]:
        self._passed = 0

        def note(number: int, frame: FrameType | None) -> None:
            self._interrupts += 1

        watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        previous = {number: signal.signal(number, note) for number in watched}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

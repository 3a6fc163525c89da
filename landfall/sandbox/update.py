"""The steps of `landfall up`: from nothing to a running rehearsal organization."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rich.console import Console

from landfall import commands
from landfall.engine import event_log
from landfall.releases import disarmed
from landfall.sandbox import access, begun, disk, first_run, lifecycle, plugins, recovery, summary
from landfall.sandbox import engine as engines
from landfall.sandbox.directories import Directories
from landfall.sandbox.engine import DEFAULT, Choice, Engine
from landfall.sandbox.server_process import SERVER_COMMAND
from landfall.sandbox.watching import View
from toolchain import durations

FAILED, INTERRUPTED = 1, 130
_UNCHANGED = "Nothing was changed. Fix the errors"
_KEPT = "Resources created so far are kept. Fix the errors"

Report = Callable[[str], None]


def run(
    directories: Directories,
    report: Report,
    view: View,
    *,
    preview_first: bool = True,
    command: Sequence[str] = SERVER_COMMAND,
    answer_seconds: float = 10.0,
    choice: Choice = DEFAULT,
) -> int:
    """Apply the stack in its sandbox and show the result; return the exit status.

    With `preview_first`, the engine previews under the policies before it updates, so that
    violations, including those of stack policies, stop the run before anything changes. If the
    preview shows no change, the run ends there.

    With a plan-only provider, the stack is only previewed.

    Raises:
        ProblemsError: the toolchain, the sandbox or the stack could not be prepared.

    """
    disk.require(directories.home)
    took = _Took()
    stack = directories.stack
    if not directories.salt.exists():
        report(_expected(stack))
    with lifecycle.locked(
        directories.run_lock,
        lambda: report(f"Waiting for another `landfall up` of stack {stack}."),
    ):
        with took.step("sandbox"):
            engine = engines.open_sandbox(
                directories,
                report,
                command=command,
                answer_seconds=answer_seconds,
                choice=choice,
            )
            recovery.recover(engine, report)
        return _run(engine, report, view, took, preview_first)


def preview(
    directories: Directories,
    report: Report,
    view: View,
    *,
    command: Sequence[str] = SERVER_COMMAND,
    choice: Choice = DEFAULT,
) -> int:
    """Show what `run` would change; return the exit status.

    Raises:
        ProblemsError: the toolchain, the sandbox or the stack could not be prepared.

    """
    stack = directories.stack
    engine = engines.open_sandbox(directories, report, command=command, choice=choice)
    status, events = _engine(engine, report, view, "preview")
    if status:
        return _ended(status, report, f"{_UNCHANGED}, then: {_make('preview', stack)}")
    report(f"Policies: {summary.verdict(events.findings)}")
    if events.disarmed:
        report(f"Rollback: {disarmed.note(list(events.disarmed))}")
    counted = summary.counted(events)
    if events.changes_nothing:
        report(f"Stack {stack} is up to date: {counted}. Nothing to apply.")
    else:
        report(f"Stack {stack}: {counted}. To apply: {_make('up', stack)}")
    return 0


def _ended(status: int, report: Report, closing: str) -> int:
    """Print the closing line of a failed run; an interrupted run has already printed one."""
    if status == FAILED:
        report(closing)
    return status


def _make(target: str, stack: str) -> str:
    return f"make {target}" if stack == "dev" else f"make {target} STACK={stack}"


def _expected(stack: str) -> str:
    return (
        f"First run of stack {stack}: the sandbox takes {durations.about(durations.SANDBOX)}, "
        f"the preview {durations.about(durations.PREVIEW)}, "
        f"the update {durations.about(durations.UPDATE)}; large stacks take longer."
    )


class _Took:
    """The duration of each step of a run, and of the run so far, in seconds."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.steps[name] = time.monotonic() - began

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began


def _run(engine: Engine, report: Report, view: View, took: _Took, preview_first: bool) -> int:
    directories = engine.directories
    stack = directories.stack
    plan_only = engine.provider.kind is plugins.Kind.PLAN_ONLY
    events = summary.Run()
    if preview_first or plan_only:
        with took.step("preview"):
            status, events = _engine(engine, report, view, "preview")
        if status:
            return _ended(status, report, f"{_UNCHANGED}, then: {_make('up', stack)}")
    if not plan_only and not (preview_first and events.changes_nothing):
        with took.step("update"):
            status, events = _engine(engine, report, view, "up", "--yes", "--skip-preview")
        if status:
            return _ended(status, report, f"{_KEPT}, then: {_make('up', stack)}")
    outputs = {} if plan_only else _outputs(engine)
    summary.show(view.console, stack, events, outputs, took.seconds, took.steps)
    if plan_only:
        report(
            "Only previewed. To apply it in the sandbox, install the aws provider"
            f" (`pulumi plugin install resource aws {plugins.VERSION}`) or put a Terraform aws"
            " provider into ~/.terraform.d/plugins, then run the command again."
        )
    else:
        _suggest(directories, view.console, summary.counted(events), took.seconds)
    return 0


def _engine(engine: Engine, report: Report, view: View, *command: str) -> tuple[int, summary.Run]:
    """Run one operation of the engine under the policies; return its status and its events."""
    directories = engine.directories
    arguments = [*command, "--stack", directories.stack, "--suppress-outputs"]
    pack = directories.checkout / "policies"
    if (pack / "PulumiPolicy.yaml").is_file():
        arguments += ["--policy-pack", str(pack)]
    directories.events.unlink(missing_ok=True)
    arguments += event_log.option(directories.events)
    variables = first_run.variables(engine) if command[0] == "up" else {}
    try:
        outcome = view.run(engine.runner, command[0], arguments, variables)
        events = summary.read_events(directories.events)
        events = replace(events, findings=replace(events.findings, grave=view.grave))
        if command[0] == "up":
            first_run.ended(directories)
            begun.forget(directories) if outcome.succeeded else begun.keep(directories)
    finally:
        # The log contains property values, including secrets.
        directories.events.unlink(missing_ok=True)
    if outcome.interrupted:
        report(
            "Interrupted. Resources created so far are kept. To continue:"
            f" `make up STACK={directories.stack}` (or `landfall up -s {directories.stack}`)."
        )
        return INTERRUPTED, events
    if outcome.status:
        _explain(events, report)
        if command[0] == "up" and (hint := _hint(engine)):
            report(hint)
        return FAILED, events
    return 0, events


def _hint(engine: Engine) -> str:
    """Return how to see what was denied; empty if the sandbox is gone, as the errors say."""
    try:
        record = access.read(engine.server)
    except OSError:
        return ""
    return access.hint(record, engine.directories.stack)


def _outputs(engine: Engine) -> dict[str, Any]:
    said = engine.query("stack", "output", "--json", "--stack", engine.directories.stack)
    outputs: dict[str, Any] = json.loads(said)
    return outputs


def _explain(events: summary.Run, report: Report) -> None:
    """Report what the engine's diagnostics on the screen do not contain."""
    if events.findings.mandatory:
        report(f"Policies: {summary.verdict(events.findings)}")


def _suggest(directories: Directories, console: Console, counted: str, seconds: float) -> None:
    stack = directories.stack
    other = "prod" if stack != "prod" else "dev"
    console.print("\nWhat to try next:", style="bold")
    for line in (
        f'  eval "$({commands.landfall()} env -s {stack})" && aws organizations list-accounts',
        f"  make up STACK={other} builds the other stack as well;"
        f" make down STACK={stack} stops this one",
        f"\nStack {stack}: {counted} in {durations.took(seconds)}."
        f" Next: edit {directories.stack_file.name}, then: {_make('preview', stack)};"
        f" {_make('up', stack)}",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)

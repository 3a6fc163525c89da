"""Run the Pulumi CLI: capture its output, show it, or watch it and forward interrupts."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Final

UNATTENDED: Final = "--non-interactive"
"""The option with which the CLI asks nothing and shows no progress that overwrites itself."""

UNSAVED: Final[Mapping[str, str]] = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""Variables of a run whose state is thrown away: a preview, or a run in a copy.

Without them the engine builds the whole state after each step, although a preview writes none. That
is two thirds of the processor time of the first preview of 660 resources.
"""

_LOOK_SECONDS = 0.1


def run(
    pulumi: Path,
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    seconds: float,
    given: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command without prompts or colours, and capture its output.

    `environment` replaces that of this process; None keeps it. `given` is the command's standard
    input. Raises `subprocess.TimeoutExpired`
    if the command does not end within `seconds`.
    """
    return subprocess.run(
        [str(pulumi), UNATTENDED, "--color", "never", *arguments],
        cwd=cwd,
        env=None if environment is None else dict(environment),
        # An empty input ends at once, like the null device.
        input=given or "",
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command printed on standard error; if that is empty, on standard output."""
    return done.stderr.strip() or done.stdout.strip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a watched command ended."""

    status: int
    interrupted: bool

    @property
    def succeeded(self) -> bool:
        """Whether it ended with status 0 and was not interrupted."""
        return not self.status and not self.interrupted


@dataclass(frozen=True, slots=True)
class Runner:
    """The Pulumi CLI `pulumi` for `stack`, in the project `checkout`, with this environment.

    `events` is the file of the event log: commands name it, and the view reads it.
    """

    pulumi: Path
    checkout: Path
    stack: str
    events: Path
    environment: Mapping[str, str]

    def watch(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        *,
        output: IO[bytes] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Outcome:
        """Run a command with `variables` added to the environment; see the function `watch`."""
        return watch(
            [str(self.pulumi), *arguments],
            self.checkout,
            {**self.environment, **variables},
            output=output,
            meanwhile=meanwhile,
        )


def watch(
    command: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    *,
    output: IO[bytes] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Outcome:
    """Run a command and forward interrupts; its output goes to the screen or to `output`.

    On an interrupt, the engine finishes running operations and stops; a second one kills it.
    `meanwhile` is called repeatedly while the command runs.
    """
    # On a terminal, Ctrl-C reaches the engine directly; elsewhere only this process gets it.
    shares_terminal = sys.stdin.isatty()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=None if shares_terminal else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        process_group=None if shares_terminal else 0,
    )
    interrupts = 0

    def pass_on(number: int, frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += 1
        if number != signal.SIGINT or not shares_terminal:
            process.send_signal(signal.SIGINT)

    previous = {
        number: signal.signal(number, pass_on)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        status = _wait(process, meanwhile)
    except BaseException:
        # Never leave the engine running, whatever fails here.
        process.wait()
        raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return Outcome(status, interrupted=interrupts > 0)


def _wait(process: subprocess.Popen[bytes], meanwhile: Callable[[], None] | None) -> int:
    while meanwhile is not None:
        try:
            return process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            meanwhile()
    return process.wait()

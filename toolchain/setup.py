"""Implements `make setup`: .venv, the locked packages, the Pulumi CLI. Uses only Python's modules.

Prints the expected time of each step, its progress, and the time taken. One setup of a checkout
runs at a time. A setup can be interrupted at any moment; the next one continues.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from landfall.problems import ProblemsError
from toolchain import durations, locking, packages, pulumi_cli, writing
from toolchain.locking import Held
from toolchain.progress import Progress
from toolchain.virtual_environment import VirtualEnvironment

INTERRUPTED = 130


def main(stamp: str) -> int:
    """Set up the checkout in the current folder; return the exit status.

    `stamp` is the name of the marker file of a .venv with all of the locked files installed.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    progress = Progress()
    waiting = locking.Waiting(progress, "setting up this folder")
    try:
        with locking.alone(Path(".landfall") / "setup.lock", waiting) as held:
            return _Setup(progress, held).run(VirtualEnvironment(Path(".venv"), stamp))
    except KeyboardInterrupt:
        progress("Interrupted; `make setup` continues from here.")
        return INTERRUPTED
    except ProblemsError as error:
        return _refused(progress, error)
    except OSError as error:
        return _refused(progress, writing.problem(error))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _refused(progress: Progress, error: ProblemsError) -> int:
    progress.end()
    for problem in error.problems:
        print(f"error: {problem}", file=sys.stderr)
    return error.exit_status


class _Setup:
    """The steps, each timed."""

    def __init__(self, progress: Progress, held: Held) -> None:
        self._progress = progress
        self._held = held
        self._took: dict[str, float] = {}

    def run(self, venv: VirtualEnvironment) -> int:
        began = time.monotonic()
        if not venv.is_whole:
            self._progress(_expected())
            with self._step("virtual environment", "making .venv"):
                made = venv.begin(keeping=[self._held.descriptor])
            said = "Made .venv" if made else "Keeping .venv"
            self._progress(f"{said} ({_version(venv.python)})")
            self._progress("Installing the packages of requirements.lock")
            with self._step("packages", "installing the packages"):
                self._install(venv)
            venv.finish()
        with self._step("Pulumi CLI", "getting the Pulumi CLI"):
            status = self._get_cli()
        if status == 0:
            steps = ", ".join(f"{name} {durations.took(it)}" for name, it in self._took.items())
            self._progress(f"Setup took {durations.took(time.monotonic() - began)}: {steps}")
        return status

    def _install(self, venv: VirtualEnvironment) -> None:
        packages.install(
            venv.python,
            Path("requirements.lock"),
            Path(".landfall") / "setup.log",
            self._progress,
            keeping=[self._held.descriptor],
        )

    def _get_cli(self) -> int:
        command = [str(Path(".venv/bin/landfall")), "toolchain"]
        with subprocess.Popen(command, pass_fds=[self._held.descriptor]) as toolchain:
            try:
                return toolchain.wait()
            except BaseException:
                toolchain.terminate()
                raise

    @contextmanager
    def _step(self, name: str, doing: str) -> Iterator[None]:
        self._held.note(doing)
        began = time.monotonic()
        yield
        self._took[name] = time.monotonic() - began


def _version(python: Path) -> str:
    asked = subprocess.run([str(python), "--version"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def _expected() -> str:
    """Print how long the steps will take."""
    found = pulumi_cli.on_path(os.environ, lambda _: None) or pulumi_cli.in_cache()
    if found:
        cli = "the Pulumi CLI is there"
    else:
        cli = (
            f"the Pulumi CLI {durations.about(durations.CLI_DOWNLOADED)}, or "
            f"{durations.about(durations.CLI_BUILT)} where it has to be built"
        )
    return (
        f"Setting up: .venv takes {durations.about(durations.VIRTUAL_ENVIRONMENT)}, "
        f"the packages {durations.about(durations.PACKAGES)}, {cli}"
    )

"""Installs the packages of requirements.lock with pip, and shows its progress."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from toolchain import pip_errors
from toolchain.progress import Progress

_LOOKS_EVERY = 0.5


def install(
    python: Path, requirements: Path, log: Path, progress: Progress, *, keeping: Sequence[int] = ()
) -> None:
    """Install the locked packages, then this project itself, into the environment of `python`.

    pip's output goes to `log`. Its process inherits the descriptors `keeping`.

    Raises:
        ProblemsError: pip could not download or install a package.

    """
    watched = Watched(_count(requirements), python.parent.parent, progress)
    locked = ["install", "--progress-bar", "off", "--require-hashes", "-r", str(requirements)]
    itself = ["install", "--no-deps", "--no-build-isolation", "-e", "."]
    with log.open("w", encoding="utf-8", buffering=1) as words:
        for arguments in (locked, itself):
            status = _run(python, arguments, watched, words, keeping)
            if status < 0:
                raise pip_errors.killed(-status)
            if status:
                raise pip_errors.problem(watched.lines, watched.package, log)


def _count(requirements: Path) -> int:
    text = requirements.read_text(encoding="utf-8")
    return len(re.findall(r"^[A-Za-z0-9][^\s=]*==", text, re.MULTILINE))


class Watched:
    """The progress of pip so far, from its output and files."""

    def __init__(self, total: int, environment: Path, progress: Progress) -> None:
        self.lines: list[str] = []
        self.package = ""
        self._total = total
        self._environment = environment
        self._progress = progress
        self._began, self._began_at = time.monotonic(), time.time()
        self._collected: set[str] = set()
        self._retried: set[str] = set()
        self._is_installing = False

    def line(self, line: str) -> None:
        """Read a line of pip's output."""
        self.lines.append(line)
        words = line.split()
        if line.startswith("Ignoring "):
            self._total -= 1  # its marker is for another platform
        elif line.startswith("Installing collected packages:"):
            self._is_installing = True
        elif "Retrying (Retry(" in line and self.package not in self._retried:
            self._retried.add(self.package)
            self._progress("  The package index does not answer; pip tries again")
        elif len(words) > 1 and words[0] in ("Collecting", "Processing"):
            self.package = words[1]
            self._collected.add(words[1])
        elif line.startswith("Requirement already satisfied: "):
            self._collected.add(words[3])

    def show(self) -> None:
        """Show pip's progress."""
        seconds = f"{time.monotonic() - self._began:.0f} s"
        if self._is_installing:
            done, doing = self._installed(), "installed"
        else:
            done, doing = len(self._collected), "fetched"
        count = f"{min(done, self._total)} of {self._total} packages {doing}"
        self._progress.update(f"  {seconds}: {count}")

    def _installed(self) -> int:
        """Count the packages of this run. pip writes a package's RECORD when it is complete."""
        records = self._environment.glob("lib/python3*/site-packages/*.dist-info/RECORD")
        return sum(_written(record) >= self._began_at - 1 for record in records)


def _written(file: Path) -> float:
    """Return when a file was last written; 0 if pip has just deleted it."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _run(
    python: Path,
    arguments: Sequence[str],
    watched: Watched,
    words: TextIO,
    keeping: Sequence[int],
) -> int:
    """Run pip and return its exit status; end it if this process is interrupted."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=keeping,
    ) as pip:
        try:
            for line in _lines(pip, watched.show):
                words.write(f"{line}\n")
                watched.line(line)
        except BaseException:
            pip.terminate()
            raise
    return pip.returncode


def _lines(pip: subprocess.Popen[bytes], meanwhile: Callable[[], None]) -> Iterator[str]:
    """Yield what a process prints, line by line; call `meanwhile` at intervals."""
    assert pip.stdout is not None  # noqa: S101 - it is a pipe
    descriptor, rest = pip.stdout.fileno(), b""
    while True:
        is_ready = bool(select.select([descriptor], [], [], _LOOKS_EVERY)[0])
        meanwhile()
        if not is_ready:
            continue
        read = os.read(descriptor, 65536)
        if not read:
            break
        *lines, rest = (rest + read).split(b"\n")
        yield from (line.decode(errors="replace").rstrip() for line in lines)
    if rest:
        yield rest.decode(errors="replace")

"""Processes of a build: each ends together with its children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TIMED_OUT = -1
"""The status of a command that was ended because its time was over."""

_STOPPING_SECONDS = 2.0


@dataclass(slots=True)
class Processes:
    """The processes of one rehearsal, all of which end when it does; `ended` says that it did."""

    _running: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        seconds: float,
        line: Callable[[str], None],
    ) -> int:
        """Run a command to its end, with each line of its output; return its status, or TIMED_OUT.

        What the command leaves running is ended with it.
        """
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        with self._lock:
            self._running.add(process.pid)
        if self.ended.is_set():
            end_group(process.pid)
        late = threading.Event()

        def end() -> None:
            late.set()
            end_group(process.pid)

        timer = threading.Timer(seconds, end)
        timer.start()
        reader = threading.Thread(target=_read, args=(process, line), daemon=True)
        reader.start()
        try:
            status = process.wait()
            # A child that keeps the output open is a rest of the command.
            reader.join(timeout=_STOPPING_SECONDS)
        finally:
            timer.cancel()
            end_group(process.pid)
            with self._lock:
                self._running.discard(process.pid)
        reader.join(timeout=_STOPPING_SECONDS)
        return TIMED_OUT if late.is_set() else status

    def end_all(self) -> None:
        """End every process that still runs."""
        self.ended.set()
        with self._lock:
            running = list(self._running)
        for pid in running:
            end_group(pid)


def end_group(pid: int) -> None:
    """End a process with its children; one that has ended is none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _read(process: subprocess.Popen[str], line: Callable[[str], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    with contextlib.suppress(ValueError):
        for each in process.stdout:
            line(each.rstrip("\n"))

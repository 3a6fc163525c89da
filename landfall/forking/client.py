"""Ask the fork server for a process."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from landfall.forking import messages

VARIABLE: Final = "LANDFALL_FORK_SERVER"
"""Names the socket of the fork server, if there is one."""


class Forked:
    """A process of the fork server, with the methods of a `subprocess.Popen` that callers use."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while the process runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the process and return its exit status.

        Raises:
            subprocess.TimeoutExpired: it runs longer than `timeout` seconds.

        """
        if self.returncode is None:
            ready, _, _ = select.select([self._connection], [], [], timeout)
            if not ready:
                raise subprocess.TimeoutExpired("forked", timeout or 0.0)
            with self._lock:
                self._read_status()
        assert self.returncode is not None  # noqa: S101 - it has just been read
        return self.returncode

    def _read_status(self) -> None:
        if self.returncode is not None:
            return  # another thread was first
        answer = messages.receive(self._connection)
        # Without an answer the fork server was killed, and nobody knows the status.
        self.returncode = int(answer[0]["status"]) if answer else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def start(
    template: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    files: tuple[int, int, int],
    argument: str = "",
    cwd: str | Path | None = None,
    session: bool = False,
    ignore_interrupts: bool = False,
) -> Forked | None:
    """Start a process from a template's module; None without a fork server that can.

    `argument` is the template's; `files` are the process's standard input, output and error. With
    `session`, it leads a session of its own.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    request = {
        "template": template,
        "argument": argument,
        "arguments": list(arguments),
        "environment": dict(environment),
        "cwd": str(cwd or Path.cwd()),
        "session": session,
        "ignore_interrupts": ignore_interrupts,
    }
    try:
        connection.connect(address)
        messages.send(connection, request, files)
        answer = messages.receive(connection)
    except (OSError, EOFError):
        answer = None
    if answer is None:
        connection.close()
        return None
    return Forked(int(answer[0]["pid"]), connection)

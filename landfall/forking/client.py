"""Ask the fork server for a process."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from landfall.forking import messages

VARIABLE: Final = "LANDFALL_FORK_SERVER"
"""Names the socket of the fork server, if there is one."""


class Forked:
    """A process of the fork server, with the methods of a `subprocess.Popen` that callers use.

    It can be awaited and ended after the fork server, too; its status is unknown then, and said to
    be that of a killed process.
    """

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._has_server = True
        self._lock = threading.Lock()
        self._process: int | None = None
        with suppress(ProcessLookupError):  # it has ended already
            self._process = os.pidfd_open(pid)
            weakref.finalize(self, os.close, self._process)

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
        end = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            asked = self._has_server
            watched = self._connection if asked else self._process
            left = None if end is None else max(0.0, end - time.monotonic())
            if watched is not None and not select.select([watched], [], [], left)[0]:
                raise subprocess.TimeoutExpired("forked", timeout or 0.0)
            with self._lock:
                self._note_end(asked)
        return self.returncode

    def _note_end(self, asked: bool) -> None:
        """Note what the server said, if it was `asked`, or else that the process has ended."""
        if self.returncode is not None:
            return  # another thread was first
        if not asked:
            self.returncode = -signal.SIGKILL
        elif self._has_server:
            answer = messages.receive(self._connection)
            self._has_server = answer is not None
            if answer is not None:
                self.returncode = int(answer[0]["status"])

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it has ended."""
        if self.poll() is None and self._process is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, number)

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

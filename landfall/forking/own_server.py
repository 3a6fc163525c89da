"""A fork server for as long as a command runs that starts many programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from landfall.forking import client

# What templates find in their environment when they load must not be the user's.
_USERS: Final = ("AWS_", "LANDFALL_", "MOTO_", "PULUMI_")
_WAITING: Final = 64


class OwnServer:
    """A fork server that ends with `end`, or with this process."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="landfall-forks-"))
        self.address = str(self._folder / "socket")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_USERS)}
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(self.address)
            listening.listen(_WAITING)
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "landfall.forking.server", str(os.getpid())],
                env=environment,
                stdin=listening.fileno(),
                start_new_session=True,
            )

    def end(self) -> None:
        """End the server, and with it its templates."""
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def possible() -> bool:
    """Return whether a process that has loaded modules can be forked safely: on Linux only."""
    return sys.platform == "linux"


@contextmanager
def opened() -> Iterator[dict[str, str]]:
    """Yield the variable by which programs find a fork server; nothing where none is possible.

    A server that the variable names already is used.
    """
    if client.VARIABLE in os.environ or not possible():
        yield {}
        return
    server = OwnServer()
    try:
        yield {client.VARIABLE: server.address}
    finally:
        server.end()

"""One fork server for a run of the suite: Python programs start with their modules loaded.

Without it, loading modules is half of the time of the engine tests. The first `up` of the dev stack
and the tests of starting, stopping and killing start their processes as a user does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from landfall.forking import client
from landfall.forking.own_server import OwnServer

VARIABLE = client.VARIABLE
_TEMPLATE = "landfall.cli.forked"
LANDFALL = Path(sys.executable).with_name("landfall")


def started() -> OwnServer:
    """Start the fork server of this run, which programs find by a variable."""
    server = OwnServer()
    os.environ[VARIABLE] = server.address
    return server


def run(
    command: tuple[str, ...], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it printed; `landfall` by the fork server, if there is one."""
    if command[0] == str(LANDFALL) and VARIABLE in environment:
        with (
            tempfile.TemporaryFile("w+") as stdout,
            tempfile.TemporaryFile("w+") as stderr,
            open(os.devnull) as nothing,
        ):
            files = (nothing.fileno(), stdout.fileno(), stderr.fileno())
            child = client.start(_TEMPLATE, command, environment, files=files, cwd=folder)
            if child is not None:
                status = child.wait()
                stdout.seek(0)
                stderr.seek(0)
                return subprocess.CompletedProcess(command, status, stdout.read(), stderr.read())
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

"""One fork server for a run of the suite: Python programs start with their modules loaded.

Without it, loading modules is half of the time of the engine tests. The first `up` of the dev stack
and the tests of starting, stopping and killing start their processes as a user does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from landfall.forking import client

VARIABLE = client.VARIABLE
_TEMPLATE = "landfall.cli.forked"
LANDFALL = Path(sys.executable).with_name("landfall")


class ForkServer:
    """The fork server of this run, which programs find by a variable until it ends."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="landfall-forks-"))
        address = self._folder / "socket"
        # What templates find in their environment when they load must not be the user's.
        own = ("AWS_", "LANDFALL_", "MOTO_", "PULUMI_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "landfall.forking.server", str(address)],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.environ[VARIABLE] = str(address)

    def end(self) -> None:
        """End the server, and with it its templates."""
        os.environ.pop(VARIABLE, None)
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


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

"""Updates of a stack, and the state that a kill during one leaves."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import time
from typing import Any

import psutil
from rich.console import Console

from landfall.sandbox import state, update
from landfall.sandbox.directories import Directories
from landfall.sandbox.watching import View
from tests.sandbox_lifecycle.conftest import Said

LEAF = re.compile(r"::(leaf|alias)$")


def run(directories: Directories, said: Said) -> tuple[int, str]:
    screen = io.StringIO()
    view = View(Console(file=screen, width=120))
    status = update.run(directories, said, view, preview_first=False)
    return status, screen.getvalue()


def cut_short(directories: Directories) -> list[str]:
    """Make the state as if the engine had been killed while it created each leaf."""
    (file,) = (directories.backend / ".pulumi" / "stacks").rglob("dev.json.gz")
    checkpoint = json.loads(gzip.decompress(file.read_bytes()))
    latest = checkpoint["checkpoint"]["latest"]
    leaves = [each for each in latest["resources"] if LEAF.search(each["urn"])]
    latest["resources"] = [each for each in latest["resources"] if each not in leaves]
    for leaf in leaves:
        leaf.pop("id")
        leaf.pop("outputs")
    latest["pending_operations"] = [{"resource": leaf, "type": "creating"} for leaf in leaves]
    file.write_bytes(gzip.compress(json.dumps(checkpoint).encode()))
    return [leaf["urn"] for leaf in leaves]


def resources(directories: Directories) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = state.deployment(directories)["resources"]
    return resources


def kill_at(request: str, directories: Directories, running: subprocess.Popen[str]) -> None:
    """Kill an update and its engine as soon as AWS was asked for an operation of this name."""
    await_request(request, directories, running)
    for process in [*psutil.Process(running.pid).children(), psutil.Process(running.pid)]:
        os.kill(process.pid, signal.SIGKILL)
    running.wait()


def await_request(request: str, directories: Directories, running: subprocess.Popen[str]) -> None:
    """Wait until a running update has asked AWS for an operation of this name."""
    end = time.monotonic() + 240
    while request not in _requests(directories):
        assert time.monotonic() < end, f"{request} was not asked for in 240 s"
        assert running.poll() is None, f"the update ended before {request}"
        time.sleep(0.005)


def _requests(directories: Directories) -> str:
    return directories.request_log.read_text() if directories.request_log.exists() else ""

"""A sandbox whose server runs in this process, and the calls of `landfall up` in it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from landfall.sandbox import accounts, server_process
from landfall.sandbox.directories import Directories
from landfall.sandbox.server import listening, prepare

if TYPE_CHECKING:
    from landfall.sandbox.gate.request import Request

BIN = Path(sys.executable).parent

Call = tuple["Request", str]
"""A request, and the protocol of its answer."""


@contextmanager
def hosted(directories: Directories, calls: list[Call]) -> Iterator[None]:
    """Serve the sandbox of a stack from a thread, and keep each call that is judged."""
    account = accounts.management_account_id(directories.stack)
    prepare(account, 0)
    from landfall.sandbox.gate.dispatcher import Dispatcher
    from landfall.sandbox.gate.log import RequestLog
    from landfall.sandbox.gate.middleware import Gate
    from landfall.sandbox.gate.rpc_v2 import RpcV2
    from landfall.sandbox.judging.acting import Enforcement
    from landfall.sandbox.judging.judge import judge

    def kept(request: Request, protocol: str) -> None:
        calls.append((request, protocol))
        judge(request, protocol)

    gate = RpcV2(Gate(Dispatcher(), RequestLog(None), kept))
    Enforcement.is_on = True
    server = listening(0, gate)
    port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    directories.root.mkdir(parents=True, exist_ok=True)
    started = psutil.Process(os.getpid()).create_time()
    server_process.write(directories, server_process.Server(os.getpid(), port, account, started))
    try:
        yield
    finally:
        directories.server_file.unlink(missing_ok=True)
        server.shutdown()


def up(folder: Path, stack: str) -> None:
    """Run `landfall up` in a project. Raises `subprocess.CalledProcessError` if it fails."""
    command = [str(BIN / "landfall"), "up", "-s", stack]
    environment = {k: v for k, v in os.environ.items() if k != "LANDFALL_HOME"}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=sys.stderr)

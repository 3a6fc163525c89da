"""The server process of one sandbox: record, health, start and stop."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from landfall.forking import client as forking
from landfall.problems import refuse
from landfall.sandbox.directories import Directories

HOST = "127.0.0.1"
HEALTH_PATH = "/_landfall/health"
SERVER_COMMAND = (sys.executable, "-P", "-m", "landfall.sandbox.server")
_TEMPLATE = "landfall.sandbox.forked"
_POLL_SECONDS = 0.05
_BACKLOG = 128


class State(Enum):
    """The state of a sandbox."""

    STOPPED = "stopped"
    RUNNING = "running"
    DEAD = "dead"  # recorded, but its process has ended, and the emulator's memory is lost
    HUNG = "not answering"


@dataclass(frozen=True, slots=True)
class Server:
    """A recorded server process; `started` is Unix time as the kernel reports it."""

    pid: int
    port: int
    account: str
    started: float

    @property
    def url(self) -> str:
        """Return the endpoint for AWS clients."""
        return f"http://{HOST}:{self.port}"

    def is_alive(self) -> bool:
        """Return whether the process is alive, and is not another one with a reused pid."""
        try:
            process = psutil.Process(self.pid)
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and abs(process.create_time() - self.started) < 1.0
            )
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True, slots=True)
class Status:
    """The current state of a sandbox; `health` is the server's own report."""

    state: State
    server: Server | None = None
    health: dict[str, Any] | None = None


def read(directories: Directories) -> Server | None:
    """Return the recorded server; None if the record is missing or damaged."""
    try:
        record = json.loads(directories.server_file.read_text(encoding="utf-8"))
        return Server(
            int(record["pid"]), int(record["port"]), str(record["account"]), record["started"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(directories: Directories, server: Server) -> None:
    """Record `server` atomically."""
    fresh = directories.server_file.with_suffix(f".{os.getpid()}")
    record = {
        "pid": server.pid,
        "port": server.port,
        "account": server.account,
        "started": server.started,
    }
    fresh.write_text(json.dumps(record) + "\n", encoding="utf-8")
    fresh.replace(directories.server_file)


def inspect(directories: Directories, *, deadline: float = 5.0) -> Status:
    """Return the state of the sandbox; wait up to `deadline` seconds for its answer."""
    server = read(directories)
    if server is None:
        return Status(State.STOPPED)
    if not server.is_alive():
        return Status(State.DEAD, server)
    health = await_health(server, deadline)
    if health is None:
        return Status(State.HUNG if server.is_alive() else State.DEAD, server)
    return Status(State.RUNNING, server, health)


def await_health(server: Server, deadline: float) -> dict[str, Any] | None:
    """Poll until `server` answers with its own pid, dies, or `deadline` seconds have passed."""
    end = time.monotonic() + deadline
    while True:
        left = end - time.monotonic()
        health = _health(server, max(left, 0.1))
        if health is not None:
            return health
        if left <= 0 or not server.is_alive():
            return None
        time.sleep(_POLL_SECONDS)


def _health(server: Server, timeout: float) -> dict[str, Any] | None:
    # A proxy of the user's environment cannot reach the loopback address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(server.url + HEALTH_PATH, timeout=timeout) as answer:
            health: dict[str, Any] = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return health if health.get("pid") == server.pid else None


def require_loopback(url: str) -> None:
    """Reject an endpoint that is not on this machine.

    Raises:
        ProblemsError: the host of `url` is not a literal loopback address.

    """
    host = urlsplit(url).hostname or ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False  # a name can resolve to any address
    if not is_loopback:
        raise refuse(
            f"the sandbox's endpoint {url} is not a loopback address",
            "nothing was sent; run `landfall sandbox reset` for this stack",
        )


def listen(port: int = 0) -> socket.socket | None:
    """Return a socket that listens on `port`, any free one for 0; None if another program does.

    The server inherits it, so no program can take the port before the server has it.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        return None
    return listening


def spawn(
    directories: Directories,
    listening: socket.socket,
    account: str,
    deadline: float,
    command: Sequence[str] = SERVER_COMMAND,
) -> Server:
    """Start the server of a socket in the background and wait until it answers; close the socket.

    Records the server before it answers: if this process is killed, the next start finds it.

    Raises:
        ProblemsError: it ended, or did not answer within `deadline` seconds; it is stopped.

    """
    options = ["--listening", *("--account", account), *("--log", str(directories.request_log))]
    with listening:
        port = int(listening.getsockname()[1])
        process = _forked(directories, listening, account, [*command, *options]) or _started(
            directories, listening, [*command, *options]
        )
    try:
        server = Server(process.pid, port, account, psutil.Process(process.pid).create_time())
        write(directories, server)
        if await_health(server, deadline) is not None:
            return server
        status = process.poll()
    except BaseException:
        _end(process.pid)
        directories.server_file.unlink(missing_ok=True)
        raise
    _end(process.pid)
    directories.server_file.unlink(missing_ok=True)
    what = (
        f"did not answer within {deadline:.0f} s"
        if status is None
        else f"ended at once with status {status}"
    )
    raise refuse(
        f"the sandbox server of stack {directories.stack} {what} (port {port})",
        f"end of its log, {directories.log}:\n" + _tail(directories.log),
    )


def _started(
    directories: Directories, listening: socket.socket, command: list[str]
) -> subprocess.Popen[bytes]:
    with directories.log.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=listening.fileno(),
            stdout=log,
            stderr=log,
            cwd=directories.root,
            env=_server_environment(),
            start_new_session=True,  # neither Ctrl-C nor a closed terminal stops it
        )


def _forked(
    directories: Directories, listening: socket.socket, account: str, command: list[str]
) -> forking.Forked | None:
    own = len(SERVER_COMMAND)
    if tuple(command[:own]) != SERVER_COMMAND:
        return None
    with directories.log.open("ab") as log:
        return forking.start(
            _TEMPLATE,
            command[own:],
            _server_environment(),
            argument=account,
            files=(listening.fileno(), log.fileno(), log.fileno()),
            cwd=directories.root,
            session=True,
        )


def end(server: Server, deadline: float = 5.0) -> None:
    """Stop the server with SIGTERM, and with SIGKILL after `deadline` seconds."""
    if server.is_alive():
        _end(server.pid, deadline)


def _end(pid: int, deadline: float = 5.0) -> None:
    for number, patience in ((signal.SIGTERM, deadline), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
            os.kill(pid, signal.SIGCONT)  # a suspended process does not handle SIGTERM
        if _is_gone(pid, patience):
            return


def _is_gone(pid: int, patience: float) -> bool:
    # It may be a child of this process or of none, so check both ways.
    try:
        psutil.Process(pid).wait(timeout=patience)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def _server_environment() -> dict[str, str]:
    # The emulator uses boto3 itself, and must not find the user's credentials.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PULUMI_", "MOTO_"))
    }
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*", "no_proxy": "*"}


def _tail(log: Path, lines: int = 12) -> str:
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in text) or "    (empty)"

"""The plugin process that the engine starts: small, and alive until the engine stops it.

It requests a port from the daemon, prints it as the engine expects, and waits. When the
engine stops it, its connection closes, and the daemon stops the servicer on that port.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping

from landfall.sandbox.provider.plugin import rendezvous
from landfall.sandbox.provider.plugin.parent import Parent

_ATTEMPTS = 5
_START_TIMEOUT = 30.0  # seconds for a daemon to start on a busy machine


def main(arguments: list[str]) -> int:
    """Serve until killed; the exit status is 2 if no daemon can be started."""
    # First: if the engine is killed, this process gets another parent.
    engine = Parent()
    # A plugin that the engine interrupts stops silently.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    request = {
        "environment": rendezvous.told(os.environ),
        "directory": os.getcwd(),
        "planOnly": "--plan-only" in arguments,
        "assume": "--assume" in arguments,
    }
    try:
        connection, port = _ask(request, os.environ)
    except (OSError, RuntimeError) as error:
        print(f"error: the sandbox's AWS provider cannot start: {error}", file=sys.stderr)
        return 2
    try:
        os.write(1, f"{port}\n".encode())
    except BrokenPipeError:
        return 0  # The engine was killed before this check.
    if _wait(connection, engine):
        return 0
    print("error: the sandbox's AWS provider has ended", file=sys.stderr)
    return 2


def _wait(connection: socket.socket, engine: Parent) -> bool:
    """Wait for the end; return true if the engine ended, false if the daemon did."""
    while not engine.wait(connection.fileno()):
        if not connection.recv(4096):
            return False
    return True


def _ask(
    request: Mapping[str, object], environment: Mapping[str, str]
) -> tuple[socket.socket, int]:
    """Get a port from the daemon; start the daemon if necessary."""
    directory = rendezvous.runtime_directory(environment)
    rendezvous.make_directory(directory)
    message = json.dumps(request).encode() + b"\n"
    for _ in range(_ATTEMPTS):
        connection = _connect(directory) or _start(directory, environment)
        try:
            connection.sendall(message)
            answer = _line(connection)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
        if answer:
            reply = json.loads(answer)
            if "error" in reply:
                raise RuntimeError(reply["error"])
            return connection, int(reply["port"])
        # The daemon was about to stop; the next attempt starts a new one.
        connection.close()
    raise RuntimeError("its daemon ended before it answered")


def _connect(directory: str) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(rendezvous.socket_path(directory))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start(directory: str, environment: Mapping[str, str]) -> socket.socket:
    """Start the daemon, unless another process just did, and connect to it."""
    with open(rendezvous.lock_path(directory), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = _connect(directory)
        if connection is not None:
            return connection
        read_end, write_end = os.pipe()
        os.set_inheritable(write_end, True)
        _spawn(directory, write_end, environment)
        os.close(write_end)
        _await_ready(read_end)
        connection = _connect(directory)
        if connection is None:
            log = os.path.join(directory, "stderr")
            raise RuntimeError(f"its daemon did not come up; {log} says why")
        return connection


def _spawn(directory: str, ready: int, environment: Mapping[str, str]) -> None:
    """Start the daemon in its own session: the engine kills the plugin's process group."""
    null = os.open(os.devnull, os.O_RDWR)
    stderr = os.open(
        os.path.join(directory, "stderr"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
    )
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "landfall.sandbox.provider.plugin.daemon", directory, str(ready)],
        rendezvous.told(environment),
        file_actions=[
            (os.POSIX_SPAWN_DUP2, null, 0),
            (os.POSIX_SPAWN_DUP2, null, 1),
            (os.POSIX_SPAWN_DUP2, stderr, 2),
        ],
        setsid=True,
    )
    os.close(null)
    os.close(stderr)


def _await_ready(read_end: int) -> None:
    """Wait until the daemon listens, signalled by one byte, or until it has ended."""
    deadline = time.monotonic() + _START_TIMEOUT
    try:
        ready, _, _ = select.select([read_end], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise RuntimeError(f"its daemon did not come up within {_START_TIMEOUT:.0f} s")
        os.read(read_end, 1)
    finally:
        os.close(read_end)


def _line(connection: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"\n"):
        chunk = connection.recv(4096)
        if not chunk:
            return b""
        received += chunk
    return received

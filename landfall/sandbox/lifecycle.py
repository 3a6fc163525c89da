"""Start, stop and reset the sandbox of a stack.

The emulator keeps its AWS in memory. So a Pulumi state is useless without its server: starting a
server clears the backend first.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from landfall.problems import refuse
from landfall.sandbox import accounts, disk, orphans, server_process, state
from landfall.sandbox.across_services import quotas
from landfall.sandbox.directories import Directories
from landfall.sandbox.server_process import SERVER_COMMAND, Server, State
from landfall.sandbox.twin import chosen
from landfall.sandbox.twin.chosen import Twin

START_SECONDS = 90.0

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Started:
    """A running sandbox; `fresh` if this call started it."""

    server: Server
    fresh: bool


def start(
    directories: Directories,
    report: Report,
    *,
    port: int | None = None,
    command: Sequence[str] = SERVER_COMMAND,
    start_seconds: float = START_SECONDS,
    answer_seconds: float = 10.0,
    twin: Twin | None = None,
) -> Started:
    """Return the running sandbox of the stack; start it if necessary.

    With `twin`, it begins with the contents of that snapshot; a running one must have begun so.

    The port is `port`, or `LANDFALL_PORT`, or the previous port, or any free one.
    A running server must answer within `answer_seconds`.

    Raises:
        ProblemsError: the port is in use, the server does not start or does not answer, it runs
            without the twin, or the disk is full.

    """
    asked = _required(directories, port)
    with _alone(directories, report):
        status = server_process.inspect(directories, deadline=answer_seconds)
        if status.state is State.RUNNING and status.server:
            if asked is not None and asked != status.server.port:
                raise refuse(
                    f"the sandbox of stack {directories.stack} runs on port {status.server.port},"
                    f" not {asked}",
                    f"`landfall sandbox stop -s {directories.stack}` stops it and discards its"
                    " organization; then start it on the other port",
                )
            if twin is not None:
                twin.require_running(directories)
            return Started(status.server, fresh=False)
        if status.state is State.HUNG and status.server:
            raise refuse(
                f"the sandbox of stack {directories.stack} (process {status.server.pid}) does not"
                f" answer at {status.server.url}",
                f"`landfall sandbox reset -s {directories.stack}` starts an empty one;"
                f" its log is {directories.log}",
            )
        if status.state is State.DEAD and status.server:
            report(
                f"The sandbox of stack {directories.stack} (process {status.server.pid}) stopped,"
                " and its AWS resources are lost."
            )
            if twin is None and directories.twin.is_file():
                report("It starts again from its snapshot.")
                twin = chosen.of_file(directories.twin, None, report)
        server = _start_clean(directories, report, asked, command, start_seconds, twin)
        return Started(server, fresh=True)


def _start_clean(
    directories: Directories,
    report: Report,
    asked: int | None,
    command: Sequence[str],
    start_seconds: float,
    twin: Twin | None,
) -> Server:
    if directories.backend.exists():
        report(f"Clearing the Pulumi state of stack {directories.stack}. It will be built again.")
    _clear(directories)
    directories.root.mkdir(parents=True, exist_ok=True)
    listening = _listen(directories, asked)
    account = accounts.management_account_id(directories.stack)
    if twin is not None:
        account = twin.account
        directories.twin.write_bytes(twin.contents)
        command = (*command, "--twin", str(directories.twin.resolve()))
    directories.log.unlink(missing_ok=True)
    server = server_process.spawn(directories, listening, account, start_seconds, command)
    directories.port_file.write_text(f"{server.port}\n", encoding="utf-8")
    of_twin = f", twin of {twin.organization}" if twin is not None else ""
    report(
        f"Sandbox of stack {directories.stack}: {server.url}, management account {account}{of_twin}"
    )
    return server


def stop(directories: Directories, report: Report) -> bool:
    """Stop the sandbox and clear its state; return whether it was running."""
    with _alone(directories, report):
        server = server_process.read(directories)
        if server:
            server_process.end(server)
        was_there = server is not None or directories.backend.exists()
        _clear(directories)
    return was_there


def reset(
    directories: Directories,
    report: Report,
    *,
    port: int | None = None,
    command: Sequence[str] = SERVER_COMMAND,
    start_seconds: float = START_SECONDS,
    twin: Twin | None = None,
) -> Server:
    """Stop the sandbox, whatever its condition, and start an empty one, or one from a twin.

    Raises:
        ProblemsError: no sandbox can start, on this port or from the twin; the earlier sandbox is
            unchanged.

    """
    asked = _required(directories, port)
    earlier = server_process.read(directories)
    if asked is not None and (earlier is None or earlier.port != asked):
        _listen(directories, asked).close()
    if twin is not None and earlier is not None:
        twin.require_loadable()
    stop(directories, report)
    started = start(
        directories,
        report,
        port=port,
        command=command,
        start_seconds=start_seconds,
        twin=twin,
    )
    return started.server


def _required(directories: Directories, port: int | None) -> int | None:
    """Return the port that was asked for; raise a `ProblemsError` if no server could start."""
    disk.require(directories.home)
    try:
        quotas.read(quotas.in_environment())
    except ValueError as error:
        raise refuse(f"{quotas.VARIABLE}: {error}", "correct the variable, or unset it") from None
    return port if port is not None else _port_of_environment()


def _clear(directories: Directories) -> None:
    """Delete the files of a server's lifetime; keep plugins and the chosen port."""
    if any(state.lock_files(directories)):  # of an engine that was killed
        orphans.end(directories.pulumi_home)
    directories.server_file.unlink(missing_ok=True)
    for folder in (directories.backend, directories.scratch_project):
        if folder.exists():
            shutil.rmtree(folder)
    for file in (
        directories.salt,
        directories.effective_stack_file,
        directories.events,
        directories.request_log,
        directories.twin,
        directories.unsettled,
        directories.unsaved,
    ):
        file.unlink(missing_ok=True)


def _listen(directories: Directories, asked: int | None) -> socket.socket:
    if asked is not None:
        listening = server_process.listen(asked)
        if listening is None:
            raise refuse(
                f"port {asked} is in use by another program",
                f"choose another (`landfall sandbox start -s {directories.stack} --port N`, or"
                " LANDFALL_PORT), or omit it to use a free port",
            )
        return listening
    try:
        last = int(directories.port_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        last = 0
    listening = server_process.listen(last) or server_process.listen()
    if listening is None:
        raise refuse(
            f"no port of {server_process.HOST} is free", "end programs that hold many, and go on"
        )
    return listening


def _port_of_environment() -> int | None:
    text = os.environ.get("LANDFALL_PORT", "").strip()
    if not text:
        return None
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise refuse(f"LANDFALL_PORT is {text!r}", "set it to a number from 1024 to 65535")
    return int(text)


def _alone(directories: Directories, report: Report) -> AbstractContextManager[None]:
    return locked(
        directories.start_lock,
        lambda: report(
            f"Waiting for another start or stop of the sandbox of stack {directories.stack}."
        ),
    )


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock file `path`; call `waiting` if another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

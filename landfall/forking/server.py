"""The fork server: `python -m landfall.forking.server PARENT`.

PARENT is its parent's process id; its standard input is a listening socket.

It forks a process for each template that is asked for. That one loads the template's modules, then
forks a process for each request. The client learns the process id at once and its status at the
end, over the connection on which it asked. The processes with loaded modules end when the server
does, and the server when its parent does; the others go on.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, Final

from landfall.forking import messages
from landfall.forking.templates import Template

_FILES: Final = 3
_REQUEST_SECONDS: Final = 60.0
_PR_SET_PDEATHSIG: Final = 1

Run = Callable[[], None]
_Name = tuple[str, str]


def serve(listening: socket.socket) -> None:
    """Pass each request to the template of its kind, in a row, until the parent ends."""
    loaded: dict[_Name, socket.socket] = {}
    while True:
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(_REQUEST_SECONDS)
            try:
                received = messages.receive(connection, _FILES)
            except (OSError, EOFError):
                continue
            if received is None:
                continue
            request, files = received
            try:
                _pass_on(listening, loaded, request, [connection.fileno(), *files])
            finally:
                for file in files:
                    os.close(file)


def _pass_on(
    listening: socket.socket,
    loaded: dict[_Name, socket.socket],
    request: dict[str, Any],
    files: list[int],
) -> None:
    name = (request["template"], request["argument"])
    if name not in loaded:
        ours, its = socket.socketpair()
        if os.fork() == 0:
            listening.close()
            for other in (ours, *loaded.values()):
                other.close()
            for file in files:
                os.close(file)
            _end_with_parent()
            _end_with(Loaded(*name, its).serve)
        its.close()
        loaded[name] = ours
    try:
        messages.send(loaded[name], request, files)
    except OSError:
        # It has ended, which its output explains; the client starts the program as usual.
        loaded.pop(name).close()


class Loaded:
    """The process that has loaded the modules of a template."""

    def __init__(self, module: str, argument: str, requests: socket.socket) -> None:
        self._module = module
        self._argument = argument
        self._requests = requests
        self._waiting: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Load the modules and fork a process for each request until the fork server ends."""
        template: Template = importlib.import_module(self._module)
        template.load(self._argument)
        if (threads := len(os.listdir("/proc/self/task"))) > 1:
            raise RuntimeError(
                f"a forked process would lack {threads - 1} threads of {self._module}"
            )
        gc.collect()
        gc.freeze()
        ended, wake = os.pipe()
        for end in (ended, wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._requests, selectors.EVENT_READ)
            selector.register(ended, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._requests:
                        if not self._fork(template, close=(ended, wake, selector.fileno())):
                            return
                    else:
                        os.read(ended, 4096)
                        self._report()

    def _fork(self, template: Template, close: tuple[int, ...]) -> bool:
        """Start what is asked for; return whether the fork server still runs."""
        received = messages.receive(self._requests, 1 + _FILES)
        if received is None:
            return False
        request, (descriptor, *files) = received
        connection = socket.socket(fileno=descriptor)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for number in close:
                os.close(number)
            for other in (self._requests, connection, *self._waiting.values()):
                other.close()
            _end_with(lambda: _become(template, request, files))
        for file in files:
            os.close(file)
        self._waiting[pid] = connection
        with contextlib.suppress(OSError):
            messages.send(connection, {"pid": pid})
        return True

    def _report(self) -> None:
        """Tell the clients of ended processes their status."""
        while self._waiting:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._waiting.pop(pid) as connection, contextlib.suppress(OSError):
                messages.send(connection, {"status": os.waitstatus_to_exitcode(status)})


def _become(template: Template, request: dict[str, Any], files: list[int]) -> None:
    """Take on the environment, folder, files and arguments of the request, and run."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(
        signal.SIGINT,
        signal.SIG_IGN if request["ignore_interrupts"] else signal.default_int_handler,
    )
    if request["session"]:
        os.setsid()
    os.chdir(request["cwd"])
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = _unbuffered(1)
    sys.stderr = _unbuffered(2)
    os.environ.clear()
    os.environ.update(request["environment"])
    template.run(request["arguments"])


def _unbuffered(number: int) -> io.TextIOWrapper:
    raw = io.FileIO(number, "w", closefd=False)
    return io.TextIOWrapper(
        raw, "utf-8", "backslashreplace" if number == 2 else "strict", write_through=True
    )


def _end_with(run: Run) -> None:
    """Run, then end this process as the interpreter would, but leave its memory as it is."""
    status = 1
    try:
        run()
        status = 0
    except SystemExit as error:
        status = _status(error)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _status(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    print(error.code, file=sys.stderr)
    return 1


def _end_with_parent() -> None:
    """Have the kernel end this process with its parent."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Serve at the socket that is this process's standard input."""
    listening = socket.socket(fileno=os.dup(0))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    _end_with_parent()
    if os.getppid() != int(sys.argv[1]):
        return  # it ended before
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    serve(listening)


if __name__ == "__main__":
    main()

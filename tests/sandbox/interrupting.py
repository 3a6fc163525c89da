"""Starts `landfall up` or `pulumi up`, and ends it as a user, a shell or the kernel does."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.sandbox.conftest import BIN, Project

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
_SECONDS = 600.0


def interrupt(
    project: Project,
    number: signal.Signals,
    due: Callable[[], bool],
    *,
    bare: bool = False,
    preview: bool = True,
) -> bool:
    """Start `landfall up`, send it a signal once `due`, and wait for its end.

    With `bare`, start `pulumi up` in the sandbox's shell instead.
    A kill takes its engine too; plugins notice by themselves, as they must after a real kill.
    Returns whether it was still running when the signal was due.
    """
    with log_of(project).open("w") as log:
        process = subprocess.Popen(
            _bare(project.stack) if bare else _up(project.stack, preview=preview),
            cwd=project.folder,
            env=project.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _SECONDS
    while not due():
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline, "the moment to interrupt did not come"
        time.sleep(0.02)
    kills = number == signal.SIGKILL and not bare
    engines = psutil.Process(process.pid).children() if kills else []
    process.send_signal(number)
    for engine in engines:
        engine.kill()
    psutil.wait_procs(engines, timeout=30)
    process.wait(timeout=_SECONDS)
    return True


def log_of(project: Project) -> Path:
    """Return the output of the latest interrupted run."""
    return project.folder / "interrupted.log"


def _up(stack: str, *, preview: bool) -> list[str]:
    return [str(BIN / "landfall"), "up", "-s", stack, *([] if preview else ["--skip-preview"])]


def _bare(stack: str) -> list[str]:
    """Return a command whose process becomes the engine itself."""
    script = f'eval "$({BIN}/landfall env -s {stack})" && exec pulumi up --yes -s {stack}'
    return ["bash", "-euo", "pipefail", "-c", script]


def request_log(project: Project) -> Path:
    """Return the log of requests to AWS, one line a request."""
    return project.folder / ".landfall" / "sandboxes" / project.stack / "requests.log"


def asked(project: Project, request: str) -> Callable[[], bool]:
    """Return a check of whether AWS has received a request from now on."""
    log = request_log(project)
    seen = len(log.read_text()) if log.exists() else 0

    def due() -> bool:
        return log.exists() and request in log.read_text()[seen:]

    return due


def after(project: Project, requests: int, seconds: float) -> Callable[[], bool]:
    """Return whether AWS has had so many requests, and so many seconds are over since.

    By requests, not by seconds alone: the same moment on a slow machine as on a fast one.
    """
    log = request_log(project)
    end: float | None = None

    def due() -> bool:
        nonlocal end
        if end is None and (not requests or (log.exists() and _lines(log) >= requests)):
            end = time.monotonic() + seconds
        return end is not None and time.monotonic() >= end

    return due


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")

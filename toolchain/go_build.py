"""Builds the Pulumi CLI from the Go module in `toolchain/cli`."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from landfall.problems import refuse

MODULE = Path(__file__).with_name("cli")
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
MINIMUM_GO = (1, 25)
_EVERY_SECONDS = 15.0


def obstacle(go: str | None) -> str | None:
    """Return why the CLI cannot be built with the program `go`; None if it can."""
    if go is None:
        return "Go is not installed"
    try:
        answer = subprocess.run(
            [go, "env", "GOVERSION"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return f"{go} does not run"
    match = re.match(r"(?:devel )?go(\d+)\.(\d+)", answer.stdout.strip())
    if match is None or (int(match[1]), int(match[2])) < MINIMUM_GO:
        return f"Go is {answer.stdout.strip() or 'of an unknown version'}, 1.25 or newer is needed"
    return None


def build(
    go: str,
    target: Path,
    version: str,
    report: Callable[[str], None],
    *,
    module: Path = MODULE,
    package: str = PACKAGE,
) -> None:
    """Build `package` into the file `target`, which appears only when it is whole.

    A second process that wants the same file waits for the first one.

    Raises:
        ProblemsError: the build failed; with the compiler's last lines.

    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.with_suffix(".lock"), report):
        if target.exists():
            return
        report(f"Building Pulumi {version} with Go; this takes some minutes, once per machine")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as folder:
            output = Path(folder) / target.name
            stamp = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}"
            command = [go, "build", "-v", "-trimpath", "-ldflags", f"-s -w {stamp}"]
            _run([*command, "-o", str(output), package], module, report)
            output.replace(target)


def _run(command: list[str], module: Path, report: Callable[[str], None]) -> None:
    started = last = time.monotonic()
    compiled = 0
    tail: deque[str] = deque(maxlen=12)
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}
    with subprocess.Popen(
        command,
        cwd=module,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                compiled += not line.startswith("go: ")
                now = time.monotonic()
                if now - last >= _EVERY_SECONDS:
                    last = now
                    report(f"  {now - started:.0f} s: {compiled} packages compiled")
        except KeyboardInterrupt:
            process.terminate()
            raise
    if process.returncode:
        shown = "\n    ".join(tail)
        raise refuse(
            f"the Pulumi CLI could not be built (go build ended with {process.returncode})",
            f"{shown}\n    Check that Go modules can be downloaded (`go env GOPROXY`), or install"
            " Pulumi: https://www.pulumi.com/docs/install/",
        )
    report(f"  built in {time.monotonic() - started:.0f} s")


@contextmanager
def _alone(lock: Path, report: Callable[[str], None]) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Another process is building the Pulumi CLI; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Builds a program from a Go module of this folder: the Pulumi CLI, Terraform's AWS provider."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from landfall import versions
from landfall.problems import refuse
from toolchain import durations, locking
from toolchain.progress import EVERY_SECONDS

_BUILDING = ".building-"


@dataclass(frozen=True, slots=True)
class Program:
    """A program to build: its display `name`, the folder of the `module` that pins it, the
    `package`, the `variable` that holds its version, and the Go version it needs.

    `cost` is the build time and `room` the disk space, in words; `elsewhere` is another way to
    get the program.
    """

    name: str
    module: Path
    package: str
    variable: str
    cost: str
    room: str
    elsewhere: str
    minimum_go: tuple[int, int] = versions.GO_FOR_CLI

    @property
    def oldest_go(self) -> str:
        """Return the oldest Go version that builds it, as in `1.25`."""
        return ".".join(map(str, self.minimum_go))


PULUMI = Program(
    "Pulumi",
    Path(__file__).with_name("cli"),
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    f"{durations.about(durations.CLI_BUILT)}, once per machine",
    "it takes 120 MB, and 3 GB while it is built",
    "install Pulumi: https://www.pulumi.com/docs/install/",
)


def obstacle(go: str | None, program: Program = PULUMI) -> str | None:
    """Return why `go` cannot build a program; None if it can."""
    if go is None:
        return "Go is not installed"
    try:
        answer = subprocess.run(
            [go, "env", "GOVERSION"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return f"{go} does not run"
    match = re.match(r"(?:devel )?go(\d+)\.(\d+)", answer.stdout.strip())
    if match is None or (int(match[1]), int(match[2])) < program.minimum_go:
        found = answer.stdout.strip() or "of an unknown version"
        return f"Go is {found}, {program.oldest_go} or newer is needed"
    return None


def build(
    go: str,
    target: Path,
    version: str,
    report: Callable[[str], None],
    program: Program = PULUMI,
) -> None:
    """Build `program` into the file `target`, which exists only once it is complete.

    A second process that needs the same file waits for the first one.

    Raises:
        ProblemsError: the build failed; the error has the compiler's last lines.

    """
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = locking.Waiting(report, f"building {program.name}")
    with locking.alone(target.with_suffix(".lock"), waiting) as held:
        if target.exists():
            return
        for left in target.parent.glob(f"{_BUILDING}*"):
            shutil.rmtree(left)  # left by a killed build
        report(f"Building {program.name} {version} with Go; this takes {program.cost}")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=_BUILDING) as folder:
            output = Path(folder) / target.name
            stamp = f"-X {program.variable}={version}"
            command = [go, "build", "-v", "-trimpath", "-ldflags", f"-s -w {stamp}"]
            _run([*command, "-o", str(output), program.package], program, report, held)
            output.replace(target)


def _run(
    command: list[str], program: Program, report: Callable[[str], None], held: locking.Held
) -> None:
    started = last = time.monotonic()
    compiled = 0
    tail: deque[str] = deque(maxlen=12)
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}
    with subprocess.Popen(
        command,
        cwd=program.module,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[held.descriptor],
    ) as process:
        try:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                compiled += not line.startswith("go: ")
                now = time.monotonic()
                if now - last >= EVERY_SECONDS:
                    last = now
                    report(f"  {now - started:.0f} s: {compiled} packages compiled")
        except KeyboardInterrupt:
            process.terminate()
            raise
    if any("no space left on device" in line for line in tail):
        raise refuse(
            f"the disk is full: {program.name} could not be built", f"Make room: {program.room}."
        )
    if process.returncode:
        shown = "\n    ".join(tail)
        raise refuse(
            f"{program.name} could not be built (go build ended with {process.returncode})",
            f"{shown}\n    Check that Go modules can be downloaded (`go env GOPROXY`), or"
            f" {program.elsewhere}",
        )
    report(f"  built in {time.monotonic() - started:.0f} s")

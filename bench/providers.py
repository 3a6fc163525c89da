"""`make bench-providers`: bring up prod with each AWS provider on this machine, to compare them.

Prints one JSON line for each provider: the seconds of a first and a second `up`, and the peak
number and resident memory of provider processes during the first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from landfall.sandbox import plugins
from tests.suite import providers

ROOT: Final = Path(__file__).parents[1]
STACK: Final = "prod"
_SECONDS: Final = 1.0  # between two samples of the processes
_DAEMON: Final = "landfall.sandbox.provider.plugin.daemon"


def measure(provider: str) -> dict[str, Any]:
    """Bring the stack up twice with one provider, in a separate sandbox."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, plugins.VARIABLE: provider, "LANDFALL_HOME": home}
        try:
            first, processes, memory = _watch(_command("up"), environment, home)
            second, _, _ = _watch(_command("up"), environment, home)
        finally:
            subprocess.run(
                _command("down"), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True
            )
    return {
        "provider": provider,
        "stack": STACK,
        "first_up_seconds": round(first, 1),
        "second_up_seconds": round(second, 1),
        "processes": processes,
        "resident_mib": round(memory / 2**20),
    }


def _command(name: str) -> list[str]:
    return [str(Path(sys.executable).with_name("landfall")), name, "-s", STACK]


def _watch(
    command: Sequence[str], environment: Mapping[str, str], home: str
) -> tuple[float, int, int]:
    """Run a command; return its seconds, and the peak number and bytes of provider processes."""
    began = time.monotonic()
    most, memory = 0, 0
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            held = [size for process in _providers(home) if (size := _resident(process))]
            most, memory = max(most, len(held)), max(memory, sum(held))
            time.sleep(_SECONDS)
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {running.returncode}")
    return time.monotonic() - began, most, memory


def _providers(home: str) -> Iterator[psutil.Process]:
    """Yield the official plugin's processes, and the Terraform providers started by our daemons."""
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline()[:4])
            ours = _DAEMON in line or Path(line).name == plugins.PROGRAM
            if ours and process.environ().get("PULUMI_HOME", "").startswith(home):
                yield from process.children() if _DAEMON in line else [process]
        except psutil.Error:
            continue  # ended meanwhile, or another user's


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def main(arguments: Sequence[str]) -> None:
    """Measure the given providers, or all."""
    for provider in list(arguments) or providers.names(os.environ):
        print(json.dumps(measure(provider)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

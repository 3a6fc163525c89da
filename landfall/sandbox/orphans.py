"""End the processes that a killed engine leaves behind.

A provider may still send requests to AWS. If its sandbox ended, too, they would arrive at the next
one, which listens on the same port.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

# The programs that an engine starts, as they appear in a command line.
_PROGRAMS = (
    "landfall.sandbox.provider",
    "pulumi-analyzer-",
    "pulumi-language-",
    "pulumi-resource-",
    "terraform-provider-",
    "toolchain.language_host",
    "toolchain/program.py",
)


def end(pulumi_home: Path) -> None:
    """Stop provider and program processes of engines with this PULUMI_HOME in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # ended meanwhile, or another user's
            command = " ".join(process.cmdline()[:6])
            if any(program in command for program in _PROGRAMS) and process.environ().get(
                "PULUMI_HOME"
            ) == str(pulumi_home):
                found.append(process)
    for process in found:
        _signal(process.terminate)
    _, alive = psutil.wait_procs(found, timeout=3)
    for process in alive:
        _signal(process.kill)
    psutil.wait_procs(alive, timeout=3)


def _signal(send: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        send()

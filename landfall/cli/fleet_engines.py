"""The engines of a fleet's commands: those of a sandbox, or those of the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from landfall.fleet import engines, sandboxed
from landfall.fleet.engines import Engines
from landfall.provisioning import copies
from landfall.sandbox import directories
from landfall.settings.stack import Stack
from toolchain import wrappers


@contextmanager
def opened(
    settings: Stack, folder: Path, logs: Path, report: Callable[[str], None], *, sandbox: bool
) -> Iterator[Engines]:
    """Yield the engines of the sandbox, or those of the shell's credentials and backend."""
    logs.mkdir(parents=True, exist_ok=True)
    if sandbox:
        places = directories.of_stack(settings.name, folder)
        with sandboxed.opened(places, settings, logs, report) as found:
            yield found
        return
    pulumi = wrappers.ensure(folder, report).pulumi
    copies.require_backend(pulumi, settings.name, folder)
    yield engines.of_shell(pulumi, folder, settings.name, logs)

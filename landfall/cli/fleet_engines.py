"""The engines of a fleet's commands: those of a sandbox, or those of the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from landfall.fleet import engines, sandboxed
from landfall.fleet.engines import Engines
from landfall.forking import own_server
from landfall.provisioning import copies
from landfall.sandbox import directories
from landfall.settings.stack import Stack
from toolchain import wrappers


@contextmanager
def opened(
    settings: Stack, folder: Path, logs: Path, report: Callable[[str], None], *, sandbox: bool
) -> Iterator[Engines]:
    """Yield the engines of the sandbox, or those of the shell's credentials and backend.

    Their programs and policy packs are forked from one process of each kind, so that a runner loads
    the modules once, and not once for each part.
    """
    logs.mkdir(parents=True, exist_ok=True)
    with (
        own_server.opened() as variables,
        _opened(settings, folder, logs, report, sandbox=sandbox) as found,
    ):
        yield replace(found, environment={**found.environment, **variables})


@contextmanager
def _opened(
    settings: Stack, folder: Path, logs: Path, report: Callable[[str], None], *, sandbox: bool
) -> Iterator[Engines]:
    if sandbox:
        places = directories.of_stack(settings.name, folder)
        with sandboxed.opened(places, settings, logs, report) as found:
            yield found
        return
    pulumi = wrappers.ensure(folder, report).pulumi
    copies.require_backend(pulumi, settings.name, folder)
    yield engines.of_shell(pulumi, folder, settings.name, logs)

"""The engines of a fleet in the sandbox of its stack file: its parts share one local AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from landfall.blueprint import parts
from landfall.blueprint.parts import Part
from landfall.fleet.engines import Engines
from landfall.sandbox import begun, disk, engine, lifecycle, recovery
from landfall.sandbox.directories import Directories
from landfall.sandbox.provider.plugin.rendezvous import LINGER_VARIABLE
from landfall.settings.stack import Stack

Report = Callable[[str], None]

# Seconds. The next part has other accounts, so a process that is kept only takes memory.
_LINGER: Final = "1"


@contextmanager
def opened(
    directories: Directories, stack: Stack, folder: Path, report: Report
) -> Iterator[Engines]:
    """Start the sandbox if necessary, repair the state of interrupted runs, yield the engines.

    Raises:
        ProblemsError: the toolchain, the sandbox or a stack could not be prepared.

    """
    disk.require(directories.home)

    def waiting() -> None:
        report(f"Waiting for another run of stack {stack.name}.")

    def of(part: Part) -> Directories:
        return replace(directories, part=part.name)

    def ended(part: Part, succeeded: bool) -> None:
        begun.forget(of(part)) if succeeded else begun.keep(of(part))

    with lifecycle.locked(directories.run_lock, waiting):
        found = engine.open_sandbox(directories, report)
        for part in parts.parts(stack):
            recovery.recover(replace(found, directories=of(part)), report)
        yield Engines(
            found.pulumi,
            directories.checkout,
            stack.name,
            short_lived(found.environment),
            folder,
            lambda part: of(part).events,
            ended,
        )


def short_lived(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment whose provider processes end with their part; a user's choice wins."""
    return {LINGER_VARIABLE: _LINGER, **environment}

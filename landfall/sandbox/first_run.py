"""The first run of a stack in its sandbox, of which the engine writes the state only at the end.

The engine writes the whole state before and after each step: for the 670 resources of a new stack,
more than half of the processor time of the run. Later runs change little, and write each step. A
first run that is interrupted or fails still ends with its state. If it is killed, the state is
empty, and the next run imports what `landfall recover` finds in AWS.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from landfall.engine.running import UNSAVED
from landfall.problems import refuse
from landfall.sandbox import state
from landfall.sandbox.directories import Directories
from landfall.sandbox.engine import Engine

Report = Callable[[str], None]

_LANDFALL = Path(sys.executable).with_name("landfall")
_LINES = 12


def variables(engine: Engine) -> Mapping[str, str]:
    """Return the variables of an update, and record that its state is not written meanwhile.

    None if the stack has a state, or the user's environment says when the engine writes it.
    """
    directories = engine.directories
    if any(name in engine.environment for name in UNSAVED) or _has_state(directories):
        return {}
    directories.unsaved.touch()
    return UNSAVED


def ended(directories: Directories) -> None:
    """Delete the record of an update whose engine has ended, if that wrote the state."""
    if _has_state(directories):
        directories.unsaved.unlink(missing_ok=True)


def recover(engine: Engine, report: Report) -> None:
    """Import what a first run created before it was killed. Its engine has ended.

    Raises:
        ProblemsError: a look-up in AWS or the import failed; the next run tries again.

    """
    directories = engine.directories
    report(
        "The first run ended before the engine wrote its state. Looking up in AWS what it created."
    )
    done = subprocess.run(
        [str(_LANDFALL), "recover", "-s", directories.stack, "--yes"],
        cwd=directories.checkout,
        env=dict(engine.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        said = "\n".join(f"    {line}" for line in lines[-_LINES:])
        raise refuse(
            f"cannot recover the first run of stack {directories.stack}",
            f"start again: `landfall sandbox reset -s {directories.stack}`; it said:\n{said}",
        )
    report(f"  {next((line for line in lines if line.startswith('Imported ')), lines[-1])}")
    directories.unsaved.unlink(missing_ok=True)


def _has_state(directories: Directories) -> bool:
    return bool(state.deployment(directories).get("resources"))

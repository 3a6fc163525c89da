"""Check before a run that the disk has room for it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from landfall.problems import ProblemsError, refuse

# A first run of the largest stack here writes 33 MB to the sandbox's folder.
NEEDED: Final = 100 * 2**20


def require(folder: Path) -> None:
    """Raise `ProblemsError` if `folder` or the folder for temporary files has no room."""
    temporary = Path(tempfile.gettempdir())
    _require(folder, "LANDFALL_HOME")
    _require(temporary, "TMPDIR")


def _require(folder: Path, variable: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 2**16)
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _refused(folder, variable, os.strerror(error.errno or 0)) from None
    if free < NEEDED:
        left = f"{free // 2**20} MB are free, and a run needs {NEEDED // 2**20} MB"
        raise _refused(folder, variable, left)


def _refused(folder: Path, variable: str, why: str) -> ProblemsError:
    return refuse(
        f"cannot write to {folder}: {why}",
        f"free some space, allow writing, or set {variable} to a folder on another disk",
    )

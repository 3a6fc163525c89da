"""Folders that stand for the file systems of EC2 instances, to which rehearsals deploy."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from landfall.sandbox.gate.state import at_reset

_kept: list[Path] = []


def keep_in(folder: Path) -> None:
    """Keep the folders of all instances in one folder; what an earlier server left is removed."""
    _kept[:] = [folder]
    _empty()


def of(account: str, region: str, instance: str) -> Path:
    """Return the root folder of an instance, which is empty at first."""
    if not _kept:
        _kept.append(Path(tempfile.mkdtemp(prefix="landfall-instances-")))
    folder = _kept[0] / account / region / instance
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@at_reset
def _empty() -> None:
    for folder in _kept:
        shutil.rmtree(folder, ignore_errors=True)

"""Folders that stand for the file systems of machines that rehearsals use.

An EC2 instance is one, to which rehearsals deploy, and so is a host of CodeBuild, which keeps the
local caches of a project.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from landfall.sandbox.gate.state import at_reset

_INSTANCES: Final = "instances"
_HOSTS: Final = "build-hosts"
_kept: list[Path] = []


def keep_in(folder: Path) -> None:
    """Keep the folders of all machines in one folder; remove those of an earlier server."""
    _kept[:] = [folder]
    _empty()


def of_instance(account: str, region: str, instance: str) -> Path:
    """Return the root folder of an instance, which is empty at first."""
    return _made(_INSTANCES, account, region, instance)


def of_build_host(account: str, region: str, project: str) -> Path:
    """Return the folder of the host that runs a project's builds, which is empty at first."""
    return _made(_HOSTS, account, region, project)


def _made(kind: str, account: str, region: str, name: str) -> Path:
    if not _kept:
        _kept.append(Path(tempfile.mkdtemp(prefix="landfall-machines-")))
    folder = _kept[0] / kind / account / region / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@at_reset
def _empty() -> None:
    for folder in _kept:
        for kind in (_INSTANCES, _HOSTS):
            shutil.rmtree(folder / kind, ignore_errors=True)

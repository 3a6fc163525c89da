"""A full or read-only disk is reported in one sentence before the work begins."""

from __future__ import annotations

import errno
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from landfall.problems import ProblemsError
from landfall.sandbox import disk, lifecycle, update
from landfall.sandbox.directories import Directories
from landfall.sandbox.watching import View
from tests.sandbox_lifecycle.conftest import Said

Make = Callable[..., Directories]


def _refusing(number: int) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EROFS, "Read-only file system"),
        (errno.ENOSPC, "No space left on device"),
        (errno.EDQUOT, "Disk quota exceeded"),
        (errno.EACCES, "Permission denied"),
    ],
)
def test_disk_that_cannot_be_written_is_refused_with_its_folder_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    disk.require(tmp_path)
    monkeypatch.setattr(tempfile, "TemporaryFile", _refusing(number))
    with pytest.raises(ProblemsError) as caught:
        disk.require(tmp_path / "home")
    (problem,) = caught.value.problems
    assert problem.what == f"cannot write to {tmp_path / 'home'}: {reason}"
    assert "LANDFALL_HOME" in problem.fix


def test_disk_that_is_nearly_full_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=7 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ProblemsError, match="7 MB are free, and a run needs 100 MB"):
        disk.require(tmp_path)


def _up(directories: Directories, said: Said) -> None:
    update.run(directories, said, View(Console(file=io.StringIO())))


def _start(directories: Directories, said: Said) -> None:
    lifecycle.start(directories, said)


@pytest.mark.parametrize("command", [_up, _start])
def test_full_disk_is_reported_before_anything_is_started(
    make: Make,
    said: Said,
    monkeypatch: pytest.MonkeyPatch,
    command: Callable[[Directories, Said], None],
) -> None:
    directories = make()
    monkeypatch.setattr(tempfile, "TemporaryFile", _refusing(errno.ENOSPC))
    with pytest.raises(ProblemsError, match="No space left on device"):
        command(directories, said)
    assert said == []
    assert not directories.root.exists()

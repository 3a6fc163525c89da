"""The settings of a stack as the last commit has them, to compare the present ones with."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from landfall import stack_files
from landfall.problems import ProblemsError
from landfall.settings import Stack

# The stack file and those of accounts.
_FILES: Final = "*.yaml"
_SECONDS: Final = 20


def load(stack: str, directory: Path) -> Stack | None:
    """Return the settings at the last commit.

    None if they are the same, or there is nothing to compare with: no git, no commit, no such
    file in it, or one with mistakes.
    """
    if _git(directory, "diff", "--quiet", "HEAD", "--", _FILES) is not None:
        return None
    archive = _git(directory, "archive", "--format=tar", "HEAD", "--", _FILES)
    if archive is None:
        return None
    with tempfile.TemporaryDirectory(prefix="landfall-committed-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        try:
            return stack_files.load(stack, Path(folder))
        except ProblemsError:
            return None


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None if it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, timeout=_SECONDS
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

"""The settings of a stack at another commit of its repository."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from landfall import stack_files
from landfall.problems import refuse
from landfall.settings.stack import Stack


def settings(stack: str, checkout: Path, reference: str) -> Stack | None:
    """Return the settings at a commit, branch or tag; None if the stack did not exist there.

    Raises:
        ProblemsError: git does not know the commit, or the settings there are invalid.

    """
    commit = _git(
        checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"
    )
    if commit is None:
        what = f"git does not know commit '{reference}'"
        raise refuse(what, "fetch it first, as in: git fetch origin main")
    archive = _git(checkout, "archive", "--format=tar", commit.decode().strip(), "--", "*.yaml")
    with tempfile.TemporaryDirectory(prefix="landfall-fleet-") as name:
        folder = Path(name)
        with tarfile.open(fileobj=io.BytesIO(archive or b"")) as files:
            files.extractall(folder, filter="data")
        if not (folder / f"Pulumi.{stack}.yaml").is_file():
            return None
        return stack_files.load(stack, folder)


def _git(checkout: Path, *arguments: str) -> bytes | None:
    done = subprocess.run(
        ["git", *arguments],
        cwd=checkout,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return None if done.returncode else done.stdout

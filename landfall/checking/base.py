"""Preview the same stacks at another commit, to compare access."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landfall.checking import preview
from landfall.checking.preview import Preview
from landfall.checking.workspace import Workspace
from landfall.problems import refuse

# Paths that the program does not read.
_BESIDE: Final = (":(exclude)docs", ":(exclude)tests", ":(exclude)bench", ":(exclude)*.md")


@dataclass(frozen=True, slots=True)
class Base:
    """The project at `commit`, in a separate workspace; `label` is its name in reports.

    `is_same` means that no file the program reads differs from the current project.
    """

    room: Workspace
    label: str
    is_same: bool

    def preview(self, stack: str, project: str, now: Preview) -> Preview | None:
        """Return the preview of a stack at the base; None if the base has no such stack.

        `now` is its current preview. Raises `ProblemsError` as `preview.run` does.
        """
        if self.is_same:
            return now
        file = self.room.checkout / f"Pulumi.{stack}.yaml"
        if not file.is_file():
            return None
        self.room.prepare(stack, file, project)
        return preview.run(self.room, stack, self.room.checkout, None)


def at(room: Workspace, reference: str) -> Base:
    """Return the project at a commit, branch or tag of its repository.

    Raises:
        ProblemsError: the commit is unknown or the project is not in a git repository (status 2).

    """
    checkout = room.checkout
    commit = _git(
        checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"
    )
    if commit is None:
        what = f"git does not know commit '{reference}'"
        raise refuse(what, "fetch it first, as in: git fetch origin main")
    name = commit.decode().strip()
    differs = _git(checkout, "diff", "--name-only", name, "--", ".", *_BESIDE)
    new = _git(checkout, "ls-files", "--others", "--exclude-standard", "--", ".", *_BESIDE)
    folder = room.root / "base"
    folder.mkdir()
    archive = _git(checkout, "archive", "--format=tar", name) or b""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
    except tarfile.TarError as error:
        what = f"cannot check out the project at {reference}: {error}"
        raise refuse(what, "omit --base, or remove links that lead outside the project") from None
    if (checkout / ".venv").exists():
        (folder / ".venv").symlink_to((checkout / ".venv").resolve())
    label = reference if name.startswith(reference) else f"{reference} ({name[:8]})"
    return Base(room.beside("base-room", folder), label[:80], not differs and not new)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return git's output; None if git fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, timeout=120
        )
    except FileNotFoundError:
        raise refuse("--base needs git, which is not installed", "install git") from None
    return done.stdout if done.returncode == 0 else None

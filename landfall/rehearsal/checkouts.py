"""The files of a folder, or of a Git checkout without what it ignores."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


class CheckoutError(Exception):
    """Git cannot read a folder that has a `.git`, or is not installed."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `dirty`: the checkout has changes that are not committed."""

    id: str
    message: str = ""
    date: str = ""
    dirty: bool = False


def files(folder: Path, *, history: bool = False) -> dict[str, Path]:
    """Return the files of a folder by their relative paths; `history` adds those of `.git`.

    Of a checkout: tracked files and new ones that Git does not ignore. Links to files outside of
    the folder are left out.

    Raises:
        CheckoutError: Git cannot read the checkout. Without Git, what it ignores is not known.

    """
    root = folder.resolve()
    listed = None
    if (folder / ".git").exists():
        listed = _listed(folder)
    if listed is None:
        names = [str(each.relative_to(root)) for each in root.rglob("*")]
        names = [name for name in names if ".git" not in Path(name).parts]
    else:
        names = [name for name in listed.split("\0") if name]
    if history and (root / ".git").is_dir():
        names += [str(each.relative_to(root)) for each in (root / ".git").rglob("*")]
    found = {name: root / name for name in names}
    return {
        name: path
        for name, path in found.items()
        if path.is_file() and path.resolve().is_relative_to(root)
    }


def commit(folder: Path) -> Commit | None:
    """Return the commit of a checkout; None for a folder without Git, or without a commit."""
    shown = _git(folder, "log", "-1", "--format=%H%x00%cI%x00%s")
    if not shown:
        return None
    identity, date, message = shown.strip("\n").split("\0")
    return Commit(identity, message, date, dirty=bool(_git(folder, "status", "--porcelain")))


def branch(folder: Path) -> str:
    """Return the branch of a checkout; empty for a folder without Git, or without a branch."""
    return (_git(folder, "branch", "--show-current") or "").strip()


def changed(folder: Path, base: str = "") -> list[str]:
    """Return the files that a push changes, or a pull request into the branch `base`.

    Of a push: those of the last commit, and those that are not committed. Of a folder without Git,
    without an earlier commit or without the branch: all files.

    Raises:
        CheckoutError: Git cannot read the checkout.

    """
    since = ["HEAD^"] if not base else [f"origin/{base}...HEAD", f"{base}...HEAD"]
    for each in since:
        listed = _git(folder, "diff", "--name-only", "-z", each, "--")
        if listed is not None:
            new = _git(folder, "ls-files", "-z", "--others", "--exclude-standard") or ""
            found = f"{listed}{_git(folder, 'diff', '--name-only', '-z', 'HEAD', '--')}{new}"
            return sorted({name for name in found.split("\0") if name})
    return sorted(files(folder))


def _listed(folder: Path) -> str:
    try:
        done = _run(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except FileNotFoundError:
        raise CheckoutError(f"{folder} is a Git checkout, but git is not installed.") from None
    if done.returncode:
        first = next(iter(done.stderr.splitlines()), "git fails")
        raise CheckoutError(f"Git cannot read the checkout {folder}: {first}")
    return done.stdout


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what Git prints; None where the folder is no checkout of its own or Git is missing."""
    if not (folder / ".git").exists():
        return None
    try:
        done = _run(folder, *arguments)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=own,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )

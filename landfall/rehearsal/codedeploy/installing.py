"""How the CodeDeploy agent installs files: what an earlier deployment installed goes first.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-files.html
https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from landfall.rehearsal.codedeploy.appspec import Permission, ServerSpec


class InstallError(Exception):
    """Why files cannot be installed, in the words of the agent."""


def install(spec: ServerSpec, archive: Path, root: Path, cleanup: Path, exists: str) -> None:
    """Install a revision's files below the root of an instance.

    `cleanup` is the file with the paths that the last deployment installed; `exists` is what to do
    with a file that no deployment installed: `DISALLOW`, `OVERWRITE` or `RETAIN`.

    Raises:
        InstallError: a source is missing, or a file exists that must not.

    """
    _remove_installed(cleanup, root)
    installed: list[str] = []
    try:
        for source, destination in spec.files:
            for path, target in _copies(archive, source, below(root, destination)):
                shown = f"/{target.relative_to(root)}"
                if os.path.lexists(target) and exists != "OVERWRITE":
                    if exists == "DISALLOW":
                        raise InstallError(
                            "The deployment failed because a specified file already exists at "
                            f"this location: {shown}"
                        )
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
                installed.append(shown)
    finally:
        cleanup.write_text("".join(f"{each}\n" for each in installed), encoding="utf-8")
    for permission in spec.permissions:
        _permit(permission, root)


def below(root: Path, path: str) -> Path:
    """Return a path of an instance below its root folder; raises `InstallError`."""
    found = root / path.lstrip("/")
    if not found.resolve().is_relative_to(root.resolve()):
        raise InstallError(f"{path} is outside of the instance's file system")
    return found


def _remove_installed(cleanup: Path, root: Path) -> None:
    if not cleanup.is_file():
        return
    for line in cleanup.read_text(encoding="utf-8").splitlines():
        below(root, line).unlink(missing_ok=True)


def _copies(archive: Path, source: str, destination: Path) -> Iterator[tuple[Path, Path]]:
    """Yield files with where they go: those of a folder, or one file into the destination."""
    origin = below(archive, source)
    if origin.is_dir():
        for path in sorted(each for each in origin.rglob("*") if each.is_file()):
            yield path, destination / path.relative_to(origin)
    elif origin.is_file():
        yield origin, destination / origin.name
    else:
        raise InstallError(f"No such file or directory - {source} of the revision")


def _permit(permission: Permission, root: Path) -> None:
    """Set modes; owners and access lists need root's rights, and are left out."""
    if not permission.mode:
        return
    top, mode = below(root, permission.target), int(permission.mode, 8)
    if top.is_file():
        top.chmod(mode)
        return
    found = sorted(top.rglob("*") if permission.pattern == "**" else top.glob("*"))
    for path in found:
        kind = "directory" if path.is_dir() else "file"
        if kind not in permission.kinds or not _matches(path.name, permission):
            continue
        # This process must be able to remove it again.
        path.chmod(mode | (0o700 if kind == "directory" else 0o600))


def _matches(name: str, permission: Permission) -> bool:
    if any(fnmatchcase(name, each) for each in permission.excepted):
        return False
    return permission.pattern == "**" or fnmatchcase(name, permission.pattern)

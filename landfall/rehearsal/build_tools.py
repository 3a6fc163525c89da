"""The tools of a build: CodeBuild's own, and a Python environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from landfall.rehearsal import hash_files


def install(scratch: Path) -> dict[str, str]:
    """Write a build's tools into its scratch folder; return the variables that find them.

    What a build installs stays in its scratch folder. Without a Python on this machine, the build
    has none.
    """
    tools, folder = scratch / "tools", scratch / "python"
    hash_files.install(tools)
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = shutil.which("python3")
    made = _environment(program) if program is not None else None
    if made is None:
        return {"PATH": path}
    made.write(folder)
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{path}", "VIRTUAL_ENV": str(folder)}


@dataclass(frozen=True, slots=True)
class _Environment:
    """The contents of a Python environment that was made in `folder`, by relative path."""

    folder: str
    folders: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, int, str], ...]

    def write(self, folder: Path) -> None:
        """Write it into another folder."""
        for name in self.folders:
            (folder / name).mkdir(parents=True)
        for name, to in self.links:
            (folder / name).symlink_to(to)
        for name, mode, text in self.files:
            path = folder / name
            path.write_text(text.replace(self.folder, str(folder)), encoding="utf-8")
            path.chmod(mode)


@lru_cache(maxsize=4)
def _environment(program: str) -> _Environment | None:
    """Return an environment of a Python; None if it cannot make one.

    Starting Python for it takes longer than most commands of a build, so that all builds of a
    rehearsal share one start.
    """
    with tempfile.TemporaryDirectory(prefix="landfall-python-") as scratch:
        folder = Path(scratch).resolve() / "python"
        made = subprocess.run(
            [program, "-m", "venv", "--without-pip", "--system-site-packages", str(folder)],
            capture_output=True,
            check=False,
        )
        if made.returncode:
            return None
        folders, links, files = ["."], [], []
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_symlink():
                links.append((name, os.readlink(path)))
            elif path.is_dir():
                folders.append(name)
            else:
                files.append((name, path.stat().st_mode & 0o777, path.read_text(encoding="utf-8")))
        return _Environment(str(folder), tuple(folders), tuple(links), tuple(files))

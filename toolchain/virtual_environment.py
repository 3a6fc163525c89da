"""Makes .venv, in a way that a half-made one is never taken for a whole one.

`.venv` holds one of two marks: `.landfall-unfinished` from before the first change until after the
last one, then `.landfall-<sum of the locked files>`. The one becomes the other by being renamed. So
whatever ends a setup, what it leaves is known to be unfinished, and the next one begins anew: pip
cannot tell a package that it was writing from a whole one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from landfall.problems import ProblemsError, refuse
from toolchain.writing import SPACE

_UNFINISHED = ".landfall-unfinished"


class VirtualEnvironment:
    """The .venv of a checkout; `stamp` is the name of the mark that says what is installed."""

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._stamp = folder / stamp
        self._unfinished = folder / _UNFINISHED

    @property
    def is_whole(self) -> bool:
        """Whether everything of the locked files is installed."""
        return self._stamp.exists()

    def begin(self, *, keeping: Sequence[int] = ()) -> bool:
        """Mark it as unfinished, and make it where there is none to build on.

        Returns whether one was made. The process that makes it inherits the descriptors `keeping`.

        Raises:
            ProblemsError: Python cannot make virtual environments here.

        """
        earlier = [path for path in self.folder.glob(".landfall-*") if path != self._unfinished]
        if self._unfinished.exists():
            shutil.rmtree(self.folder)
        elif earlier and self._runs():
            earlier[0].replace(self._unfinished)
            for path in earlier[1:]:
                path.unlink()
            return False
        elif not earlier and self._runs():
            self._unfinished.touch()  # somebody made it by hand
            return False
        self.folder.mkdir(exist_ok=True)
        self._unfinished.touch()
        self._make(keeping)
        return True

    def finish(self) -> None:
        """Mark it as whole."""
        self._unfinished.replace(self._stamp)

    def _runs(self) -> bool:
        try:
            command = [str(self.python), "-m", "pip", "--version"]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _make(self, keeping: Sequence[int]) -> None:
        # `python3` may be that of an older .venv that is active in this shell.
        python = getattr(sys, "_base_executable", None) or sys.executable
        made = subprocess.run(
            [python, "-m", "venv", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            pass_fds=keeping,
        )
        if made.returncode:
            raise _problem(python, made.stdout)


def _problem(python: str, said: str) -> ProblemsError:
    if re.search(r"No space left on device|Disk quota exceeded", said):
        return refuse("the disk is full: .venv could not be made", f"{SPACE} and try again.")
    if re.search(r"No module named '?(venv|ensurepip)|ensurepip is not available", said):
        return refuse(
            f"{python} cannot make a virtual environment: it lacks the module venv or ensurepip",
            "On Debian and Ubuntu install python3-venv, or use another: make PYTHON=python3.12 ...",
        )
    last = said.strip().splitlines()[-1:] or ["it said nothing"]
    return refuse(f".venv could not be made with {python}: {last[0]}", "Is the folder writable?")

"""Creates .venv, and distinguishes an unfinished one from a finished one.

`.venv` has one of two marker files: `.landfall-unfinished` from before the first change until after
the last one, then `.landfall-<sum of the locked files>`. The last step renames one to the other. So
an interrupted setup always leaves `.landfall-unfinished`, and the next setup starts again: pip
cannot distinguish a partly written package from a complete one.
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
    """The .venv of a checkout; `stamp` is the name of the marker file of the installed versions."""

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
        """Mark it as unfinished, and create it if there is no usable one.

        Returns whether it was created. The process that creates it inherits the descriptors
        `keeping`.

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
            self._unfinished.touch()  # it was created by hand
            return False
        self.folder.mkdir(exist_ok=True)
        self._unfinished.touch()
        self._make(keeping)
        return True

    def finish(self) -> None:
        """Mark it as finished."""
        self._unfinished.replace(self._stamp)

    def _runs(self) -> bool:
        try:
            command = [str(self.python), "-m", "pip", "--version"]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def _make(self, keeping: Sequence[int]) -> None:
        # `python3` may be the one of an older .venv that is active in this shell.
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
        return refuse("the disk is full: .venv could not be created", f"{SPACE} and try again.")
    if re.search(r"No module named '?(venv|ensurepip)|ensurepip is not available", said):
        return refuse(
            f"{python} cannot make a virtual environment: it lacks the module venv or ensurepip",
            "On Debian and Ubuntu install python3-venv, or use another: make PYTHON=python3.12 ...",
        )
    last = said.strip().splitlines()[-1:] or ["it printed nothing"]
    return refuse(f".venv could not be created with {python}: {last[0]}", "Is the folder writable?")

"""Progress of a long step: one line that is rewritten on a terminal, occasional lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

EVERY_SECONDS = 15.0
_ON_A_TERMINAL = 0.2
_CLEAR = "\r\x1b[K"


class Progress:
    """Prints lines and progress; on a terminal, rewrites the progress line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._rewrites = self._stream.isatty()
        self._every = _ON_A_TERMINAL if self._rewrites else EVERY_SECONDS
        self._last = time.monotonic()
        self._is_open = False

    def __call__(self, line: str) -> None:
        """Print a permanent line."""
        self.end()
        print(line, file=self._stream, flush=True)
        self._last = time.monotonic()

    def update(self, line: str) -> None:
        """Print a step's progress, unless it was printed just before."""
        now = time.monotonic()
        if now - self._last < self._every:
            return
        self._last = now
        if not self._rewrites:
            print(line, file=self._stream, flush=True)
            return
        width = max(shutil.get_terminal_size().columns - 1, 20)
        print(f"{_CLEAR}{line[:width]}", end="", file=self._stream, flush=True)
        self._is_open = True

    def end(self) -> None:
        """Erase the rewritten line."""
        if self._is_open:
            print(_CLEAR, end="", file=self._stream)
            self._is_open = False

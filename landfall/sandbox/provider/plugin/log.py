"""The plugin's log: one line a call, with names and times, never a property's value."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

VARIABLE: Final = "LANDFALL_PROVIDER_LOG"
_LONGEST: Final = 4 * 1024 * 1024  # bytes; then rotated, with one older file


def log_path(environment: Mapping[str, str]) -> Path | None:
    """The log file: `LANDFALL_PROVIDER_LOG`, or in `PULUMI_HOME`; None without either."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    if environment.get("PULUMI_HOME"):
        return Path(environment["PULUMI_HOME"]) / "landfall-provider.log"
    return None


class Log:
    """Append lines to a file; without a file, do nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > _LONGEST:
                path.replace(path.with_name(f"{path.name}.1"))

    def write(self, text: str) -> None:
        """Append one line, with the time."""
        if self._path is None:
            return
        now = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(f"{now} {text}\n")

    def call(self, method: str, subject: str, started: float, outcome: str) -> None:
        """Note an answered call; `started` is a `time.monotonic()`."""
        milliseconds = (time.monotonic() - started) * 1000
        self.write(f"{method} {subject} {milliseconds:.1f} ms {outcome}")

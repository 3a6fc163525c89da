"""Read the engine's event log: one JSON object a line (`apitype.EngineEvent`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

VARIABLES: Final[Mapping[str, str]] = {"PULUMI_DEBUG_COMMANDS": "true"}
"""The environment variables that make the engine accept `--event-log`, a debugging option."""


def option(file: Path) -> tuple[str, str]:
    """Return the arguments that make the engine write its events to `file`."""
    return "--event-log", str(file)


def read(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log; none if it is missing.

    Skips lines that are not JSON: a killed engine leaves its last line incomplete.
    """
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def take(file: Path) -> list[Mapping[str, Any]]:
    """Return the events of a finished run and delete the log, which contains property values.

    Raises `ValueError` for a line that is not JSON.
    """
    if not file.exists():
        return []
    try:
        with file.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    finally:
        file.unlink(missing_ok=True)


class Growing:
    """The log of a running engine."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._place, self._rest = 0, b""

    def added(self) -> Iterator[dict[str, Any]]:
        """Yield the events written since the last call; an incomplete line waits for its rest."""
        try:
            with self._file.open("rb") as file:
                file.seek(self._place)
                added = file.read()
        except FileNotFoundError:
            return
        self._place += len(added)
        *whole, self._rest = (self._rest + added).split(b"\n")
        for line in whole:
            if line.strip():
                yield json.loads(line)

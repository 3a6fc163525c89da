"""The order of test files: the longest first, so that no worker is left alone with one.

`make bench-tests` measures each file and keeps its seconds in `tests/durations.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
DURATIONS: Final = TESTS / "durations.json"
COLLECTED: Final = pytest.StashKey[frozenset[Path]]()
_UNKNOWN_ENGINE_FILE: Final = 60.0  # seconds assumed until the file is measured


def durations(file: Path = DURATIONS) -> dict[str, float]:
    """Return the measured seconds of each test file, by its path from the project's root."""
    measured: dict[str, float] = json.loads(file.read_text()) if file.exists() else {}
    return measured


def note(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the files of collected tests, if all of `testpaths` were collected."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        config.stash[COLLECTED] = frozenset(item.path for item in items)


def sort(items: list[pytest.Item]) -> None:
    """Sort tests by the duration of their file, longest first; a file keeps its own order."""
    measured = durations()
    engine = {item.path for item in items if item.get_closest_marker("engine")}

    def key(item: pytest.Item) -> tuple[float, str]:
        name = item.path.relative_to(TESTS.parent).as_posix()
        assumed = _UNKNOWN_ENGINE_FILE if item.path in engine else 0.0
        return -measured.get(name, assumed), name

    items.sort(key=key)

"""The longest files run first, and every test file is collected."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.suite import schedule

ROOT = Path(__file__).parents[2]
DEFINES_A_TEST = re.compile(r"^(async )?def test_|^class Test", re.MULTILINE)


class Item:
    """As much of a collected test as sorting looks at."""

    def __init__(self, file: str, name: str, *, engine: bool = False) -> None:
        self.path = ROOT / "tests" / file
        self.name = name
        self._engine = engine

    def get_closest_marker(self, name: str) -> object | None:
        return object() if self._engine and name == "engine" else None


def test_files_are_sorted_by_their_measured_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        schedule, "durations", lambda: {"tests/a.py": 5.0, "tests/b.py": 90.0, "tests/c.py": 70.0}
    )
    items: list[Any] = [
        Item("a.py", "a2"),
        Item("a.py", "a1"),
        Item("new_engine.py", "n", engine=True),
        Item("b.py", "b"),
        Item("new.py", "n"),
        Item("c.py", "c", engine=True),
    ]
    schedule.sort(items)
    assert [item.name for item in items] == ["b", "c", "n", "a2", "a1", "n"]
    assert [item.path.name for item in items][2] == "new_engine.py"


def test_every_measured_file_exists() -> None:
    for name in schedule.durations():
        assert (ROOT / name).is_file(), f"{name} is gone: run `make bench-tests`"


def test_every_file_that_defines_a_test_is_collected(pytestconfig: pytest.Config) -> None:
    tests = ROOT / "tests"
    written = {
        path.relative_to(ROOT).as_posix()
        for path in tests.rglob("*.py")
        if DEFINES_A_TEST.search(path.read_text("utf-8"))
    }
    assert collected(pytestconfig) == written


def collected(config: pytest.Config) -> set[str]:
    """Return the files that a run of the whole suite collects: this run, or one for the purpose."""
    if schedule.COLLECTED in config.stash:
        files = config.stash[schedule.COLLECTED]
        return {path.relative_to(ROOT).as_posix() for path in files}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    return set(re.findall(r"^(tests/\S+\.py): \d+$", shown.stdout, re.MULTILINE))

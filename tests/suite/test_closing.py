"""The last lines of a failed run are commands that run each failed test alone."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.suite import closing

ROOT = Path(__file__).parents[2]


def test_each_failed_test_is_named_once() -> None:
    commands = closing.lines(["tests/a.py::b", "tests/a.py::b", "tests/c.py::d"])
    assert [shlex.split(each)[-1] for each in commands] == ["tests/a.py::b", "tests/c.py::d"]


def test_a_command_survives_the_shell_whatever_the_tests_name() -> None:
    nodeid = "tests/a.py::b[it's $HOME-`x`]"
    (line,) = closing.lines([nodeid])
    assert shlex.split(line)[-1] == nodeid


def test_a_failed_run_closes_with_the_command_and_pytests_own_count(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_terminal_summary\n")
    (tmp_path / "test_it.py").write_text("def test_no():\n    assert False\n")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    *_, command, count = done.stdout.splitlines()
    assert shlex.split(command)[-1] == "test_it.py::test_no"
    assert count.startswith("1 failed")

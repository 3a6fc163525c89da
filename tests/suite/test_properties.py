"""The suite's property tests see the same examples at every run, and those that are kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.suite.properties import PROFILE_VARIABLE

ROOT = Path(__file__).parents[2]

# Draws strings and integers, where constants of loaded modules would show, and writes them down.
PROPERTY = """
import os
from pathlib import Path
from tests.suite import properties
properties.register(Path("examples"))
from hypothesis import given, strategies as st
if os.environ.get("MORE"):
    import landfall.settings

@given(st.lists(st.text() | st.integers() | st.sampled_from(["a", "b"])))
def test_of_lists(drawn):
    with open(os.environ["DRAWN"], "a", encoding="utf-8") as file:
        file.write(repr(drawn) + chr(10))
    assert "LIMIT" not in os.environ or len(drawn) < int(os.environ["LIMIT"])
"""


def run(folder: Path, **variables: str) -> tuple[int, str]:
    """Run the property once in a process of its own; return its status and what it drew."""
    (folder / "test_it.py").write_text(PROPERTY)
    drawn = folder / "drawn"
    drawn.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DRAWN": str(drawn), **variables}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
    )
    return done.returncode, drawn.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_a_property_sees_the_same_examples_whatever_else_is_loaded(folder: Path) -> None:
    first = run(folder, **{PROFILE_VARIABLE: "suite"})
    assert first[0] == 0
    assert run(folder, **{PROFILE_VARIABLE: "suite", "MORE": "1"}) == first


@pytest.mark.parametrize("ci", ["", "true"])
def test_fuzzing_sees_other_examples_at_every_run(folder: Path, ci: str) -> None:
    fuzz = {PROFILE_VARIABLE: "fuzz"} | ({"CI": ci} if ci else {})
    assert run(folder, **fuzz)[1] != run(folder, **fuzz)[1]


def test_what_fuzzing_found_is_kept_and_replayed_first(folder: Path) -> None:
    assert run(folder, **{PROFILE_VARIABLE: "fuzz", "LIMIT": "7"})[0] == 1
    assert list((folder / "examples").rglob("*"))
    status, drawn = run(folder, **{PROFILE_VARIABLE: "suite", "LIMIT": "7"})
    assert status == 1
    assert drawn.splitlines()[0].count(",") >= 6  # the smallest list that is too long


def test_the_suite_itself_keeps_nothing(folder: Path) -> None:
    assert run(folder, **{PROFILE_VARIABLE: "suite", "LIMIT": "3"})[0] == 1
    assert not (folder / "examples").exists()

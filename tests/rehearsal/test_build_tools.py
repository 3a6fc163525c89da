"""The Python environment of a build: its own, though builds share how it was made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from landfall.rehearsal import build_tools
from tests.sandbox.example_time import covered


def _prefix(program: Path) -> str:
    command = [str(program), "-c", "import sys; print(sys.prefix)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_each_build_has_a_python_environment_of_its_own(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        found = build_tools.install(folder)
        own = folder / "python"
        assert found["VIRTUAL_ENV"] == str(own)
        assert f"{own / 'bin'}:" in found["PATH"]
        assert _prefix(own / "bin" / "python3") == str(own)
        assert _prefix(own / "bin" / "python") == str(own)
        assert str(own) in (own / "bin" / "activate").read_text()
    (folders[0] / "python" / "bin" / "tool").touch()
    assert not (folders[1] / "python" / "bin" / "tool").exists()


def test_build_without_python_has_the_other_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert build_tools.install(tmp_path) == {"PATH": f"{tmp_path / 'tools'}:{tmp_path / 'empty'}"}


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [([], 0.0), ([(1, 3), (5, 6)], 3.0), ([(5, 6), (1, 5.5)], 5.0), ([(1, 9), (2, 3)], 8.0)],
)
def test_seconds_of_commands_side_by_side_count_once(
    spans: list[tuple[float, float]], seconds: float
) -> None:
    assert covered(spans) == seconds

"""Progress of a step: one rewritten line on a terminal, periodic lines elsewhere; durations."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from toolchain import durations, packages, progress
from toolchain.progress import Progress


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock of one number, which tests move."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_progress_elsewhere_is_a_line_each_15_seconds(clock: list[float]) -> None:
    stream = io.StringIO()
    shown = Progress(stream)
    for second in range(32):
        clock[0] = 100.0 + second
        shown.update(f"{second} s")
    assert stream.getvalue() == "15 s\n30 s\n"


def test_progress_on_a_terminal_rewrites_one_line_of_its_width(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Screen()
    shown = Progress(stream)
    for number in (1, 2):
        clock[0] += 1
        shown.update(f"{number} of 2 packages installed, and more words")
    shown("Done")
    lines = stream.getvalue().split("\r\x1b[K")
    assert lines == ["", "1 of 2 packages installed, an", "2 of 2 packages installed, an", "Done\n"]


def test_progress_of_pip_counts_what_is_fetched_and_then_installed(
    clock: list[float], tmp_path: Path
) -> None:
    stream = io.StringIO()
    watched = packages.Watched(4, tmp_path, Progress(stream))

    def show() -> str:
        clock[0] += 20
        watched.show()
        return stream.getvalue().splitlines()[-1].split(": ")[1]

    watched.line("Ignoring pywin32: markers 'sys_platform == \"win32\"' don't match")
    watched.line("Collecting alpha==1.0 (from -r requirements.lock (line 1))")
    watched.line("Collecting beta[extra]==1.0 (from -r requirements.lock (line 3))")
    assert show() == "2 of 3 packages fetched"
    assert watched.package == "beta[extra]==1.0"
    watched.line("Installing collected packages: alpha, beta")
    record = tmp_path / "lib/python3.12/site-packages/alpha-1.0.dist-info/RECORD"
    record.parent.mkdir(parents=True)
    assert show() == "0 of 3 packages installed"
    record.touch()
    assert show() == "1 of 3 packages installed"
    gone = tmp_path / "lib/python3.12/site-packages/beta-0.9.dist-info/RECORD"
    gone.parent.mkdir()
    gone.symlink_to("nowhere")  # listed, but no longer there
    assert show() == "1 of 3 packages installed"


def test_progress_of_pip_tells_of_a_retry_once_for_a_package(tmp_path: Path) -> None:
    stream = io.StringIO()
    watched = packages.Watched(4, tmp_path, Progress(stream))
    watched.line("Collecting alpha==1.0")
    for left in (4, 3, 2):
        watched.line(f"WARNING: Retrying (Retry(total={left}, connect=None)) after connection")
    assert stream.getvalue() == "  The package index does not answer; pip tries again\n"


@pytest.mark.parametrize(
    ("seconds", "expected", "measured"),
    [
        (0.2, "about 1 s", "0.2 s"),
        (6, "about 5 s", "6.0 s"),
        (44.4, "about 45 s", "44 s"),
        (60, "about 1 min", "1 min 0 s"),
        (161, "about 3 min", "2 min 41 s"),
    ],
)
def test_durations_are_in_words(seconds: float, expected: str, measured: str) -> None:
    assert durations.about(seconds) == expected
    assert durations.took(seconds) == measured

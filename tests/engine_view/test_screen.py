"""The view on terminals of several kinds and widths, fed with the log of a recorded run."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from landfall.cli import consoles
from landfall.engine_view.concerns import Concerns
from landfall.engine_view.course import Course
from landfall.sandbox.following import Following
from landfall.sandbox.watching import View
from tests.engine_view import recording

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "events.jsonl"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in recording.raw("first-up")))
    return file


def followed(log: Path, console: Console) -> None:
    """Show a run that is in the middle of its events, and then at their end."""
    plan = recording.course("first-preview", is_preview=True).plan
    course = Course(Concerns(recording.ACCOUNTS, recording.APPLICATIONS), plan)
    view = View(console)
    following = Following(course, log, console, view._line)
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    with following.shown():
        following.look()
        log.write_bytes(whole)
        following.look()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_view_on_a_terminal_fits_its_width(log: Path, width: int) -> None:
    screen = io.StringIO()
    followed(log, Console(file=screen, force_terminal=True, width=width, height=30))
    text = screen.getvalue()
    assert "\x1b[" in text  # it was live
    lines = re.split(r"[\r\n]+", ESCAPE.sub("", text))
    assert max(map(len, lines)) <= width
    assert any(re.match(r"  [0-9]+:[0-9]{2}  [0-9]+ of 565", line) for line in lines)
    assert any(re.search(r"Account audit +29 created", line) for line in lines)


@pytest.mark.parametrize("terminal", [False, True])
def test_view_in_a_pipe_or_on_a_dumb_terminal_is_plain(
    log: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = io.StringIO()
    followed(log, Console(file=screen, force_terminal=terminal, width=80, height=30))
    text = screen.getvalue()
    assert "\x1b" not in text
    assert "\r" not in text
    assert len(text.splitlines()) == 17


def test_console_without_colour_has_no_bold_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = consoles.console()
    with console.capture() as captured:
        console.print("bold", style="bold red")
    assert captured.get() == "bold\n"


def test_line_cut_in_the_middle_is_read_once_it_is_whole(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    course, console = Course(Concerns()), Console(file=io.StringIO())
    following = Following(course, log, console, lambda line: None)
    following.look()  # there is no log yet
    line = json.dumps({"diagnosticEvent": {"severity": "warning", "message": "ähnlich"}})
    whole = line.encode() + b"\n"
    log.write_bytes(whole[:20])
    following.look()
    assert course.said == []
    log.write_bytes(whole)
    following.look()
    following.look()
    assert len(course.said) == 1


@pytest.mark.parametrize("terminal", [False, True])
def test_log_or_dumb_terminal_without_news_gets_a_line_now_and_then(
    log: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    now = [0.0]
    monkeypatch.setattr("landfall.sandbox.following.time.monotonic", lambda: now[0])
    log.write_bytes(log.read_bytes()[:200_000])
    said: list[str] = []
    course = Course(Concerns(recording.ACCOUNTS), {"X": frozenset({"urn"})})
    monkeypatch.setenv("TERM", "dumb")
    console = Console(file=io.StringIO(), force_terminal=terminal)
    following = Following(course, log, console, said.append)
    with following.shown():
        for seconds in (10, 31, 40, 62, 1000, 1050, 1112):
            now[0] = seconds
            following.meanwhile()
    assert [line.split()[0] for line in said] == ["0:31", "1:02", "16:40", "18:32"]
    now[0] = 9999
    following.look()
    assert len(said) == 4

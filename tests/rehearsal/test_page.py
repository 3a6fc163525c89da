"""The page of a rehearsal, read as a browser and as a screen reader read it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from landfall.cli import rehearsal_files
from landfall.problems import ProblemsError
from landfall.rehearsal import page
from landfall.rehearsal.course import Course, Ended, Entry

_VOID = ("meta", "br")
ACCOUNT = "111122223333"


class _Read(HTMLParser):
    """Collects tags, texts and attributes; fails on a tag that is closed elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def entry(stage: str, action: str, began: float, ended: float, status: str = "Succeeded") -> Entry:
    return Entry("orders-dev", "a" * 36, stage, action, began, status, ended, account=ACCOUNT)


def course() -> Course:
    """A release whose end-to-end test fails, and its rollback."""
    deployed = entry("Deploy", "Deploy", 3.0, 6.0)
    deployed.live = "function orders:live, version 2"
    failed = entry("Deploy", "EndToEnd", 6.0, 8.0, "Failed")
    failed.code, failed.more = "JobFailed", "aws logs tail"
    failed.message = "BUILD: <script>alert(1)</script>\n\x1b[31mred & bold\x1b[0m\n\x1b"
    back = Entry("orders-dev", "b" * 36, "Deploy", "Deploy", 8.0, "Succeeded", 10.0)
    back.is_rollback, back.account = True, ACCOUNT
    back.live = "function orders:live, version 1"
    return Course(
        entries=[
            entry("Test", "Unit", 1.0, 2.0),
            entry("Test", "Lint", 1.0, 3.0),
            deployed,
            failed,
            back,
        ],
        ends=[
            Ended("orders-dev", "a" * 36, "Failed", "stage Deploy: EndToEnd"),
            Ended("orders-dev", "b" * 36, "Succeeded", back_to="c" * 36),
        ],
    )


@pytest.fixture
def html() -> str:
    subject = page.Subject("orders", "dev", "2026-11-30 12:00 UTC")
    return page.rendered(course(), {ACCOUNT: "orders-dev"}, subject)


def read(html: str) -> _Read:
    reader = _Read()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_page_tells_in_words_what_ended_how_and_what_is_live(html: str) -> None:
    text = read(html).text
    for part in (
        "Rehearsal of orders in dev",
        "orders-dev function orders:live, version 1",
        "orders-dev: Deploy, EndToEnd (JobFailed)",
        "See more, in account orders-dev: aws logs tail",
        "Test Unit Succeeded 1.0 s 1.0 s",
        "EndToEnd Failed 6.0 s 2.0 s",
        f"Succeeded , rolled back to {'c' * 13}",
        "Test 2.0 s 3.0 s",
        "Deploy (rollback) 2.0 s 2.0 s",
    ):
        assert part in text
    assert "version 2" not in text


def test_actions_side_by_side_have_bars_that_overlap(html: str) -> None:
    bars = re.findall(r"left: ([\d.]+)%; width: ([\d.]+)%", html)
    assert bars[:2] == [("10.00", "10.00"), ("10.00", "20.00")]


def test_text_of_a_build_is_shown_and_never_run(html: str) -> None:
    reader = read(html)
    assert "script" not in reader.tags
    assert "<script>alert(1)</script>" in reader.text
    assert "\x1b" not in html
    assert "red & bold \\x1b" in reader.text
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes


def test_page_reads_without_seeing_it(html: str) -> None:
    reader = read(html)
    assert ("lang", "en") in reader.attributes
    assert reader.tags.count("h1") == 1
    assert reader.tags.count("main") == 1
    assert [value for name, value in reader.attributes if name == "scope"]
    assert reader.attributes.count(("aria-hidden", "true")) == len(course().entries)


def test_course_without_actions_has_a_page() -> None:
    subject = page.Subject("orders", "dev", "now")
    assert "Failed in" in read(page.rendered(Course(), {}, subject)).text


def test_files_have_the_format_of_their_suffix(tmp_path: Path) -> None:
    files = [tmp_path / "a.html", tmp_path / "b.json"]
    rehearsal_files.check(files)
    rehearsal_files.write(files, course(), {}, "orders", "dev")
    assert files[0].read_text().startswith("<!doctype html>")
    assert json.loads(files[1].read_text())["succeeded"] is False


def test_every_file_that_cannot_be_written_is_reported_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "c.html").mkdir()
    files = [tmp_path / "a.pdf", tmp_path / "nowhere" / "b.html", tmp_path / "c.html"]
    with pytest.raises(ProblemsError) as caught:
        rehearsal_files.check(files)
    said = str(caught.value)
    for part in ("a.pdf has no known format", "nowhere is missing", "c.html is a folder"):
        assert part in said

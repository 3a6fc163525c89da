"""`make pictures`: what a rehearsal shows, as pictures of the documentation.

It rehearses a release whose end-to-end test fails, and keeps the board while the traffic shifts,
the timeline, and the page of `-o FILE.html`, which needs Chromium.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from landfall.cli import rehearsal_views as views
from landfall.rehearsal import page, rehearsing, timeline
from landfall.rehearsal.course import RUNNING, Course, Entry
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from tests.rehearsal import small
from tests.rehearsal.conftest import EXAMPLE, change, run
from tests.rehearsal.small import PIPELINE
from tests.sandbox_gate import conftest as gate
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
BOARD, TIMELINE, PAGE = "rehearsal-board.svg", "rehearsal-timeline.svg", "rehearsal-page.png"
COMMAND = "landfall rehearse greeter -s greeter --source ~/greeter --approve"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SIZE = "1000,1960"


class _Kept:
    """Keeps the board at the moment at which traffic shifts."""

    def __init__(self, course: Course, pipeline: Pipeline) -> None:
        self._course, self._pipeline = course, pipeline
        self.board = Text()

    def changed(self, entry: Entry) -> None:
        # The sources are in a folder of a temporary name.
        if entry.action == "Source":
            entry.summary = f"{entry.summary.partition('/')[0]}~/greeter"
        shifts = entry.action == "Deploy" and entry.status == RUNNING and entry.note
        if shifts and not self.board:
            self.board = views.board(self._course, self._pipeline.structure, self._course.now)


def main() -> int:
    """Write the pictures; return 1 if there is no browser for the page."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        process, server = gate.start(Path(folder) / "server.log")
        try:
            course, kept = _rehearsed(server, Path(folder) / "greeter")
        finally:
            process.terminate()
            process.wait(timeout=60)
        accounts = {MANAGEMENT: "greeter-dev"}
        _draw(BOARD, kept.board)
        _draw(TIMELINE, Text("\n".join(timeline.summary(course, accounts))))
        subject = page.Subject("greeter", "greeter", "A sample")
        html = Path(folder) / "page.html"
        html.write_text(page.rendered(course, accounts, subject), encoding="utf-8")
        return _photographed(html)


def _rehearsed(server: Sandbox, sources: Path) -> tuple[Course, _Kept]:
    small.make(server.client)
    run(server, source=EXAMPLE)
    shutil.copytree(EXAMPLE, sources)
    change(sources / "greeting.py", "RELEASE = 1", "RELEASE = 2")
    change(sources / "handler.py", 'event.get("name", "world")', 'event["name"]')
    sandbox, course = Rehearsed(server.url, MANAGEMENT), Course()
    found = rehearsing.read(sandbox, [PIPELINE], MANAGEMENT, REGION)
    kept = _Kept(course, found[0])
    course.changed = kept.changed
    rehearsing.rehearse(sandbox, found, Options(source=sources, approve=True), course)
    return course, kept


def _draw(name: str, text: Text) -> None:
    """Write a text as the picture of a terminal, without the font that Rich takes from a server."""
    console = Console(file=io.StringIO(), record=True, width=100, force_terminal=True)
    console.print(text)
    svg = console.export_svg(title=COMMAND, unique_id=name.partition(".")[0])
    (FOLDER / name).write_text(re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL))


def _photographed(html: Path) -> int:
    browser = next((each for each in _BROWSERS if shutil.which(each)), None)
    if browser is None:
        print(f"No browser here, so {PAGE} is as before: install one of {', '.join(_BROWSERS)}.")
        return 1
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={_SIZE}"]
    subprocess.run(
        [browser, *options, f"--screenshot={FOLDER / PAGE}", html.as_uri()],
        check=True,
        capture_output=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

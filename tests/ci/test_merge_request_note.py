"""The note of a merge request, against a server that answers as GitLab's API does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from landfall.reports import markdown

SCRIPT = Path(__file__).parents[2] / ".ci" / "merge-request-note"
TOKEN = "glpat-of-a-test"


class GitLab(BaseHTTPRequestHandler):
    """Notes of one merge request, two a page whatever is asked for."""

    notes: list[dict[str, Any]]

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        more = str(page + 1) if len(self.notes) > 2 * page else ""
        self._answer(self.notes[2 * page - 2 : 2 * page], more)

    def do_POST(self) -> None:
        self.notes.append({"id": len(self.notes) + 1, **self._body()})
        self._answer(self.notes[-1])

    def do_PUT(self) -> None:
        note = self.notes[int(self.path.rpartition("/")[2]) - 1]
        note.update(self._body())
        self._answer(note)

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _answer(self, content: Any, following: str = "") -> None:
        right = self.headers["PRIVATE-TOKEN"] == TOKEN and "/projects/7/merge_requests/3/notes" in (
            self.path
        )
        self.send_response(200 if right else 401)
        self.send_header("X-Next-Page", following)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    notes: list[dict[str, Any]] = []
    handler = type("Handler", (GitLab,), {"notes": notes})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api/v4", notes
    server.shutdown()
    thread.join()
    server.server_close()


def write(report: Path, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    variables = {
        **os.environ,
        "CI_API_V4_URL": url,
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "3",
        "LANDFALL_NOTE_TOKEN": TOKEN,
        **more,
    }
    command = [sys.executable, str(SCRIPT), str(report)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_the_first_report_is_a_new_note_and_the_next_takes_its_place(
    gitlab: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    url, notes = gitlab
    notes += [{"id": n, "body": f"of a person, {n}"} for n in (1, 2, 3)]
    report = tmp_path / "report.md"
    for heading in ("First", "Second"):
        report.write_text(markdown.render([], heading=heading))
        done = write(report, url)
        assert done.returncode == 0, done.stderr
    assert len(notes) == 4
    assert "## Second passed" in notes[3]["body"]
    assert notes[2]["body"] == "of a person, 3"


def test_wrong_token_is_reported_without_showing_it(
    gitlab: tuple[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    report.write_text(markdown.render([]))
    done = write(report, gitlab[0], LANDFALL_NOTE_TOKEN="another-secret")
    assert done.returncode == 2
    assert "401" in done.stderr
    assert "another-secret" not in done.stderr


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    done = write(tmp_path / "report.md", "http://127.0.0.1:9", LANDFALL_NOTE_TOKEN="")
    assert done.returncode == 2
    assert "LANDFALL_NOTE_TOKEN is not set" in done.stderr
    done = write(tmp_path / "none.md", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "the note was not written" in done.stderr

"""The files that `landfall rehearse -o FILE` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from landfall.problems import Problem, ProblemsError
from landfall.rehearsal import page, timeline
from landfall.rehearsal.course import Course

_SUFFIXES: Final = (".html", ".json")


def check(files: Sequence[Path]) -> None:
    """Raise `ProblemsError` with each file that cannot be written, before anything runs."""
    problems = list(_problems(files))
    if problems:
        raise ProblemsError(problems, exit_status=2)


def _problems(files: Sequence[Path]) -> Iterator[Problem]:
    for file in files:
        if file.suffix not in _SUFFIXES:
            yield Problem(f"-o {file} has no known format", "name a file .html or .json")
        elif file.is_dir() or not file.parent.is_dir():
            what = "is a folder" if file.is_dir() else f"is in no folder: {file.parent} is missing"
            yield Problem(f"-o {file} {what}", "give a file in a folder that exists")


def write(
    files: Sequence[Path],
    course: Course,
    accounts: Mapping[str, str],
    application: str,
    stack: str,
) -> None:
    """Write the result of a rehearsal to each file, in the format of its suffix."""
    for file in files:
        if file.suffix == ".json":
            text = json.dumps(timeline.as_json(course), indent=2) + "\n"
        else:
            now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
            text = page.rendered(course, accounts, page.Subject(application, stack, now))
        file.write_text(text, encoding="utf-8")

"""A sandbox with a small pipeline that has released once, and copies of the example's sources."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.rehearsal import rehearsing, timeline
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from tests.rehearsal import small
from tests.rehearsal.small import PIPELINE, Small
from tests.sandbox_gate import conftest as gate
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "lambda"

Rehearse = Callable[..., Course]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    # A batch starts its builds at once: a new account could run one.
    quota = ("--quota", "codebuild.running_builds=5")
    process, sandbox = gate.start(tmp_path_factory.mktemp("sandbox") / "server.log", *quota)
    yield sandbox
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture(scope="module")
def pipeline(server: Sandbox) -> Small:
    """A sandbox with the small pipeline and nothing else."""
    server.reset()
    return small.make(server.client)


def run(server: Sandbox, **options: Any) -> Course:
    """Execute the small pipeline, approved if an option does not say otherwise."""
    chosen = Options(**{"approve": True, "minute": 0.05, **options})
    course = Course()
    sandbox = Rehearsed(server.url, MANAGEMENT)
    found = rehearsing.read(sandbox, [PIPELINE], MANAGEMENT, REGION)
    rehearsing.rehearse(sandbox, found, chosen, course)
    print("\n".join(timeline.line(each) for each in course.entries))
    print("\n".join(timeline.summary(course, {MANAGEMENT: "management"})))
    return course


@pytest.fixture(scope="module")
def first(server: Sandbox, pipeline: Small) -> Course:
    """The course of the first release, of the example as it is."""
    return run(server, source=EXAMPLE)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The example's sources as a second release."""
    folder = tmp_path / "sources"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    change(folder / "greeting.py", "RELEASE = 1", "RELEASE = 2")
    return folder


def change(file: Path, old: str, new: str) -> None:
    """Change a text in a file."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.fixture
def rehearse(server: Sandbox, first: Course, sources: Path) -> Rehearse:
    """Execute the pipeline with the second release, after the first one went live."""

    def rehearsed(**options: Any) -> Course:
        return run(server, source=sources, **options)

    return rehearsed

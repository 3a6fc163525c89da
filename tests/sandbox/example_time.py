"""How long the Lambda example takes through every environment, and how much of it is ours.

`make bench-rehearsal` builds the example's stack and rehearses it several times with the command.
The commands of builds and tests and the minutes of the traffic shift are the example's; CodeBuild's
API has the times of the former. All else is ours: the command's start, sessions, artifacts, logs.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.examples_stack import ENVIRONMENTS, EXAMPLES, STACK, in_sandbox

LIMIT: Final = 60.0
OURS: Final = 5.0
_AT_ONCE: Final = 100
_COMMANDS: Final = ("INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD")
# Canary10Percent5Minutes, with a minute of one second.
_SHIFT: Final = 5.0


def measured(project: Project) -> tuple[float, float]:
    """Rehearse all environments; return the seconds in all, and those that are ours."""
    since = time.time()
    rehearse = [str(BIN / "landfall"), "rehearse", STACK, "-s", STACK, "--approve"]
    began = time.monotonic()
    done = project.run(*rehearse, "--source", STACK, "--format", "json")
    seconds = time.monotonic() - began
    course = json.loads(done.stdout)
    assert [each["pipeline"] for each in course["executions"]] == list(ENVIRONMENTS), course
    theirs = covered(_commands(project, since)) + _SHIFT * len(ENVIRONMENTS)
    return seconds, seconds - theirs


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Return the seconds of spans of time; of those side by side, each second counts once."""
    seconds, last = 0.0, 0.0
    for start, end in sorted(spans):
        seconds += max(end - max(start, last), 0.0)
        last = max(last, end)
    return seconds


def _commands(project: Project, since: float) -> Iterator[tuple[float, float]]:
    """Yield the start and end of each phase with commands, of the builds since a time."""
    accounts = project.aws("organizations").list_accounts()["Accounts"]
    (hub,) = [each["Id"] for each in accounts if each["Name"] == "delivery"]
    client = project.aws("codebuild", hub)
    ids = client.list_builds()["ids"]
    builds: list[dict[str, Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        builds += client.batch_get_builds(ids=ids[start : start + _AT_ONCE])["builds"]
    for build in builds:
        if build["startTime"].timestamp() < since:
            continue
        for phase in build["phases"]:
            if phase["phaseType"] in _COMMANDS:
                yield phase["startTime"].timestamp(), phase["endTime"].timestamp()


def made(folder: Path) -> Project:
    """Build the Lambda example's stack, and create its functions."""
    project = copied(folder, STACK)
    settings = yaml.safe_load((EXAMPLES / "lambda" / "stack.yaml").read_text())
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(settings))
    (folder / "examples").symlink_to(EXAMPLES)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(EXAMPLES / "lambda", folder / STACK, ignore=ignored)
    project.up(preview=False)
    in_sandbox(project, "sh examples/lambda/profiles.sh")
    for environment in ENVIRONMENTS:
        in_sandbox(project, f"sh examples/lambda/create-function.sh {environment}")
    return project


def main(count: int) -> int:
    """Print one JSON line for each rehearsal; the exit status is 1 if the median is too slow."""
    found = []
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as scratch:
        project = made(Path(scratch))
        try:
            for _ in range(count):
                seconds, ours = measured(project)
                found.append((seconds, ours))
                figures = {"seconds": round(seconds, 2), "ours": round(ours, 2)}
                print(json.dumps({"bench": "rehearsal of the Lambda example", **figures}))
                sys.stdout.flush()
        finally:
            project.run(str(BIN / "landfall"), "down", "-s", STACK)
    middle = sorted(found)[len(found) // 2]
    return 0 if middle[0] < LIMIT and middle[1] <= OURS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))

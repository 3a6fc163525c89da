"""The plan of a fleet as the buildspec of a batch in CodeBuild: a build graph.

Each build depends on those of the wave before, so that a failed wave stops the next one.
https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import yaml

from landfall.fleet.machines import jobs
from landfall.fleet.machines.jobs import Job

MOST: Final = 60
"""Most builds of a batch: as many as may run at once by default, so that none waits in a queue.

https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
"""


class Task(NamedTuple):
    """One build of a batch; `only` are the options that choose its parts."""

    identifier: str
    only: str
    depends_on: Sequence[str]


def tasks(waves: Sequence[Sequence[Job]]) -> Iterator[Task]:
    """Yield a build for each job; it depends on those of the wave before."""
    before: list[str] = []
    for wave in waves:
        yield from (Task(job.name, job.only, before) for job in wave)
        before = [job.name for job in wave]


def batch(builds: Iterable[Task]) -> dict[str, Any]:
    """Return the `batch` of a buildspec."""
    graph: list[dict[str, Any]] = []
    for each in builds:
        variables = {"FLEET_NAME": each.identifier, "FLEET_ONLY": each.only}
        task: dict[str, Any] = {"identifier": each.identifier, "env": {"variables": variables}}
        graph.append(task | ({"depend-on": list(each.depends_on)} if each.depends_on else {}))
    return {"fast-fail": False, "build-graph": graph}


def command(stack: str) -> str:
    """Return the shell command of each build of the batch."""
    return jobs.command(stack, "$FLEET_ONLY", "$FLEET_NAME")


def buildspec(stack: str, waves: list[list[Job]]) -> str:
    """Return the buildspec of these jobs. The project gives source, role, backend and artifacts."""
    content = {
        "version": 0.2,
        "batch": batch(tasks(waves)),
        "phases": {
            "install": {"runtime-versions": {"python": "3.11"}, "commands": ["make setup"]},
            "build": {"commands": [command(stack)]},
        },
        "artifacts": {"files": ["*.json"], "base-directory": jobs.FOLDER},
    }
    return _Dumper.written(content)


class _Dumper(yaml.SafeDumper):
    """Writes lists that stand in several places in each of them, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return whether a value is written in each place."""
        return True

    @classmethod
    def written(cls, content: Any) -> str:
        """Return a document."""
        return yaml.dump(content, Dumper=cls, sort_keys=False, width=1000)

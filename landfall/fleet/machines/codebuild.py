"""The plan of a fleet as the buildspec of a batch in CodeBuild: a build graph.

Each build depends on those of the wave before, so that a failed wave stops the next one.
https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from landfall.fleet.machines import jobs
from landfall.fleet.machines.jobs import Job

MOST: Final = 60
"""Most builds of a batch: as many as may run at once by default, so that none waits in a queue.

https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
"""


def buildspec(stack: str, waves: list[list[Job]]) -> str:
    """Return the buildspec of these jobs. The project gives source, role, backend and artifacts."""
    graph: list[dict[str, Any]] = []
    before: list[str] = []
    for wave in waves:
        for job in wave:
            variables = {"FLEET_NAME": job.name, "FLEET_ONLY": job.only}
            task: dict[str, Any] = {"identifier": job.name, "env": {"variables": variables}}
            graph.append(task | ({"depend-on": list(before)} if before else {}))
        before = [job.name for job in wave]
    content = {
        "version": 0.2,
        "batch": {"fast-fail": False, "build-graph": graph},
        "phases": {
            "install": {"runtime-versions": {"python": "3.11"}, "commands": ["make setup"]},
            "build": {"commands": [jobs.command(stack, "$FLEET_ONLY", "$FLEET_NAME")]},
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

"""The plan of a fleet as a child pipeline of GitLab: a stage for each wave, a job for each machine.

Stages order the waves, because a job can need 50 others at most
(https://docs.gitlab.com/ci/yaml/#needs). A matrix has at most 200 jobs
(https://docs.gitlab.com/ci/yaml/#parallelmatrix), so a larger wave has several.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from landfall.fleet.machines import jobs
from landfall.fleet.machines.jobs import Job

MOST: Final = 500
"""Most jobs that a pipeline gets here. GitLab.com limits them by plan, to 500 in the smallest."""
MATRIX: Final = 200


def pipeline(stack: str, waves: list[list[Job]]) -> str:
    """Return the pipeline of these jobs. A failed stage stops the next one."""
    stages = [f"wave-{number}" for number in range(1, len(waves) + 1)]
    content: dict[str, Any] = {"stages": [*stages, "results"], ".part": _part(stack)}
    for stage, wave in zip(stages, waves, strict=True):
        for first in range(0, len(wave), MATRIX):
            name = stage if first == 0 else f"{stage}-{first // MATRIX + 1}"
            content[name] = _wave(stage, wave[first : first + MATRIX])
    content["results"] = {
        "stage": "results",
        "image": "python:3.11-bookworm",
        "timeout": "15 minutes",
        "when": "always",
        "script": ["make setup", jobs.gather(stack)],
    }
    return yaml.safe_dump(content, sort_keys=False, width=1000)


def _part(stack: str) -> dict[str, Any]:
    return {
        "image": "python:3.11-bookworm",
        "timeout": "6 hours",
        "environment": stack,
        "id_tokens": {"AWS_TOKEN": {"aud": "https://gitlab.com"}},
        "variables": {
            "AWS_WEB_IDENTITY_TOKEN_FILE": "$CI_PROJECT_DIR.aws-token",
            "AWS_ROLE_SESSION_NAME": "gitlab-$CI_JOB_ID",
        },
        "before_script": ['printf \'%s\' "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"'],
        "script": ["make setup", jobs.command(stack, "$ONLY", "$NAME")],
        "artifacts": {"when": "always", "expire_in": "7 days", "paths": [f"{jobs.FOLDER}/"]},
    }


def _wave(stage: str, wave: list[Job]) -> dict[str, Any]:
    own = [{"NAME": job.name, "ONLY": job.only} for job in wave]
    found: dict[str, Any] = {"extends": ".part", "stage": stage}
    return found | ({"variables": own[0]} if len(own) == 1 else {"parallel": {"matrix": own}})

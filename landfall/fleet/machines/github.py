"""The plan of a fleet as a workflow of GitHub Actions: a matrix for each wave.

A matrix has at most 256 jobs in a run of a workflow.
https://docs.github.com/en/actions/reference/limits
"""

from __future__ import annotations

from typing import Any, Final

import yaml

from landfall.fleet.machines import jobs
from landfall.fleet.machines.jobs import Job

MOST: Final = 256

CHECKOUT: Final = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
PYTHON: Final = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97"
CREDENTIALS: Final = (
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c"
)
UPLOAD: Final = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f"
DOWNLOAD: Final = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
_RUNNER: Final = "ubuntu-24.04"


def workflow(stack: str, waves: list[list[Job]]) -> str:
    """Return the workflow of these jobs. A failed wave stops the next one."""
    found: dict[str, Any] = {}
    for number, wave in enumerate(waves, start=1):
        found[f"wave-{number}"] = _wave(stack, number, wave)
    found["results"] = _results(stack, list(found))
    content = {
        "name": f"fleet-{stack}",
        "on": {"workflow_dispatch": {}, "workflow_call": {}},
        "permissions": {},
        "concurrency": {"group": f"fleet-{stack}", "cancel-in-progress": False},
        "jobs": found,
    }
    return yaml.safe_dump(content, sort_keys=False, width=1000)


def _wave(stack: str, number: int, wave: list[Job]) -> dict[str, Any]:
    matrix = [{"name": job.name, "title": job.title, "only": job.only} for job in wave]
    return {
        "name": "${{ matrix.title }}",
        **({"needs": f"wave-{number - 1}"} if number > 1 else {}),
        "runs-on": _RUNNER,
        "timeout-minutes": 350,
        "environment": stack,
        "permissions": {"contents": "read", "id-token": "write"},
        # The others of a wave go on when one fails.
        "strategy": {"fail-fast": False, "matrix": {"include": matrix}},
        "env": {"PULUMI_BACKEND_URL": "${{ vars.PULUMI_BACKEND_URL }}"},
        "steps": [
            *_begin(),
            {
                "uses": CREDENTIALS,
                "with": {
                    "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
                    "aws-region": "${{ vars.AWS_REGION }}",
                },
            },
            {
                # Values of the matrix come as variables, never as text of the script.
                "env": {"ONLY": "${{ matrix.only }}", "NAME": "${{ matrix.name }}"},
                "run": jobs.command(stack, "$ONLY", "$NAME"),
            },
            {
                "if": "always()",
                "uses": UPLOAD,
                "with": {
                    "name": "fleet-${{ matrix.name }}",
                    "path": f"{jobs.FOLDER}/",
                    "retention-days": 7,
                },
            },
        ],
    }


def _results(stack: str, needs: list[str]) -> dict[str, Any]:
    download = {"pattern": "fleet-*", "path": f"{jobs.FOLDER}/", "merge-multiple": True}
    return {
        "needs": needs,
        "if": "always()",
        "runs-on": _RUNNER,
        "timeout-minutes": 15,
        "permissions": {"contents": "read"},
        "steps": [*_begin(), {"uses": DOWNLOAD, "with": download}, {"run": jobs.gather(stack)}],
    }


def _begin() -> list[dict[str, Any]]:
    return [
        {"uses": CHECKOUT, "with": {"persist-credentials": False}},
        {"uses": PYTHON, "with": {"python-version": "3.11"}},
        {"run": "make setup"},
    ]

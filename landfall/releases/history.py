"""The releases of one pipeline, from CodePipeline's executions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landfall.problems import refuse
from landfall.releases.account import unreachable

_DEPLOY = re.compile(r"Deploy(-\d+)?")
MOST = 50
"""The number of executions to read, newest first."""


@dataclass(frozen=True, slots=True)
class Release:
    """One execution of a pipeline.

    `revision` is its source revision; `back_to` is the target execution of a rollback, empty for
    any other execution; `reachable` means that CodePipeline can roll back to it.
    """

    id: str
    status: str
    started: datetime
    revision: str
    version: int
    back_to: str
    stages: frozenset[str]
    reachable: bool


@dataclass(frozen=True, slots=True)
class History:
    """The executions of a pipeline, newest first, and its deployment stages in order."""

    pipeline: str
    version: int
    stages: tuple[str, ...]
    releases: tuple[Release, ...]

    def current(self, stage: str) -> Release | None:
        """Return a stage's current release: its newest success, or that one's rollback target."""
        latest = next((r for r in self.releases if stage in r.stages), None)
        if latest is None or not latest.back_to:
            return latest
        return next((r for r in self.releases if r.id == latest.back_to), latest)


def read(client: Any, pipeline: str) -> History:
    """Return a pipeline's history. Raises `ProblemsError` if it cannot be read."""
    try:
        structure = client.get_pipeline(name=pipeline)["pipeline"]
        stages = tuple(s["name"] for s in structure["stages"] if _DEPLOY.fullmatch(s["name"]))
        listed = client.list_pipeline_executions(pipelineName=pipeline, maxResults=MOST)
        summaries = listed["pipelineExecutionSummaries"]
        reached = {stage: _succeeded(client, pipeline, stage) for stage in stages}
        versions = {
            each["pipelineExecutionId"]: client.get_pipeline_execution(
                pipelineName=pipeline, pipelineExecutionId=each["pipelineExecutionId"]
            )["pipelineExecution"]["pipelineVersion"]
            for each in summaries
        }
    except ClientError as error:
        if error.response["Error"]["Code"] != "PipelineNotFoundException":
            raise unreachable(error) from None
        fix = "run landfall up for the stack; check that the credentials belong to its account"
        raise refuse(f"there is no pipeline {pipeline} in the delivery account", fix) from None
    except BotoCoreError as error:
        raise unreachable(error) from None
    version = structure["version"]
    releases = [_release(each, versions, reached, version) for each in summaries]
    return History(pipeline, version, stages, tuple(releases))


def _succeeded(client: Any, pipeline: str, stage: str) -> frozenset[str]:
    found = client.list_pipeline_executions(
        pipelineName=pipeline,
        maxResults=MOST,
        filter={"succeededInStage": {"stageName": stage}},
    )
    return frozenset(e["pipelineExecutionId"] for e in found["pipelineExecutionSummaries"])


def _release(
    summary: dict[str, Any],
    versions: dict[str, int],
    reached: dict[str, frozenset[str]],
    version: int,
) -> Release:
    identity = summary["pipelineExecutionId"]
    revisions: Sequence[dict[str, Any]] = summary.get("sourceRevisions", [])
    back_to = summary.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", "")
    stages = frozenset(stage for stage, ids in reached.items() if identity in ids)
    return Release(
        identity,
        summary["status"],
        summary["startTime"],
        revisions[0]["revisionId"] if revisions else "",
        versions[identity],
        back_to,
        stages,
        # CodePipeline User Guide, 'Considerations for rollbacks'.
        reachable=bool(stages) and not back_to and versions[identity] == version,
    )

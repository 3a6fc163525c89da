"""The releases of one pipeline, from CodePipeline's executions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landfall.blueprint.promotions import NONE, PREFIX, RELEASE, REVISION
from landfall.problems import refuse
from landfall.releases.account import unreachable

_DEPLOY = re.compile(r"Deploy(-\d+)?(@(?P<environment>.+))?")
MOST = 50
"""The number of executions to read, newest first."""


@dataclass(frozen=True, slots=True)
class Release:
    """One execution of a pipeline.

    `revision` is its source revision; `promoted` is the execution that promoted it, if any;
    `back_to` is the target execution of a rollback, empty for any other execution; `reachable`
    means that CodePipeline can roll back to it.
    """

    id: str
    status: str
    started: datetime
    revision: str
    version: int
    back_to: str
    stages: frozenset[str]
    reachable: bool
    promoted: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The executions of a pipeline, newest first, and deployment stages of it in order.

    `origin` and `artifacts` are what a promoted pipeline starts with, as `orders-staging`.
    """

    pipeline: str
    version: int
    stages: tuple[str, ...]
    releases: tuple[Release, ...]
    origin: str = ""
    artifacts: tuple[str, ...] = ()

    def current(self, stage: str) -> Release | None:
        """Return a stage's current release: its newest success, or that one's rollback target."""
        latest = next((r for r in self.releases if stage in r.stages), None)
        if latest is None or not latest.back_to:
            return latest
        return next((r for r in self.releases if r.id == latest.back_to), latest)


def read(client: Any, pipeline: str, environment: str = "") -> History:
    """Return the history of a pipeline, or of one of the further environments that it deploys.

    Raises `ProblemsError` if it cannot be read.
    """
    try:
        structure = client.get_pipeline(name=pipeline)["pipeline"]
        stages = tuple(s["name"] for s in structure["stages"] if _deploys(s["name"], environment))
        listed = client.list_pipeline_executions(pipelineName=pipeline, maxResults=MOST)
        summaries = listed["pipelineExecutionSummaries"]
        reached = {stage: _succeeded(client, pipeline, stage) for stage in stages}
        executions = {
            each["pipelineExecutionId"]: client.get_pipeline_execution(
                pipelineName=pipeline, pipelineExecutionId=each["pipelineExecutionId"]
            )["pipelineExecution"]
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
    releases = [_release(each, executions, reached, version) for each in summaries]
    origin, artifacts = _origin(structure)
    return History(pipeline, version, stages, tuple(releases), origin, artifacts)


def _deploys(stage: str, environment: str) -> bool:
    found = _DEPLOY.fullmatch(stage)
    return found is not None and (found["environment"] or "") == environment


def _origin(structure: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the environment that promotes to a pipeline, and the artifacts; empty if none does."""
    actions = structure["stages"][0]["actions"]
    keys = [action.get("configuration", {}).get("S3ObjectKey", "") for action in actions]
    if not all(key.startswith(f"{PREFIX}/") for key in keys):
        return "", ()
    return keys[0].split("/")[1], tuple(action["name"] for action in actions)


def _succeeded(client: Any, pipeline: str, stage: str) -> frozenset[str]:
    found = client.list_pipeline_executions(
        pipelineName=pipeline,
        maxResults=MOST,
        filter={"succeededInStage": {"stageName": stage}},
    )
    return frozenset(e["pipelineExecutionId"] for e in found["pipelineExecutionSummaries"])


def _release(
    summary: dict[str, Any],
    executions: dict[str, dict[str, Any]],
    reached: dict[str, frozenset[str]],
    version: int,
) -> Release:
    identity = summary["pipelineExecutionId"]
    revisions: Sequence[dict[str, Any]] = summary.get("sourceRevisions", [])
    back_to = summary.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", "")
    stages = frozenset(stage for stage, ids in reached.items() if identity in ids)
    own = executions[identity]["pipelineVersion"]
    variables = {
        each["name"]: each["resolvedValue"] for each in executions[identity].get("variables", [])
    }
    promoted = variables.get(RELEASE, "").removeprefix(NONE)
    revision = revisions[0]["revisionId"] if revisions else ""
    return Release(
        identity,
        summary["status"],
        summary["startTime"],
        # What is promoted is an object of the store, whose version tells nobody anything.
        variables.get(REVISION, "") if promoted else revision,
        own,
        back_to,
        stages,
        # CodePipeline User Guide, 'Considerations for rollbacks'.
        reachable=bool(stages) and not back_to and own == version,
        promoted=promoted,
    )

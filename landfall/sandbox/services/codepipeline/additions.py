"""CodePipeline: executions of pipelines, approvals, and rollback to an earlier execution.

Actions do nothing here: each succeeds at once, except that an approval waits for its
answer, and a rejection ends the execution. Creating a pipeline starts no execution, because there
are no sources.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.codepipeline.models import codepipeline_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store


class PipelineNotFoundError(AWSError):
    """No such pipeline: CodePipeline API Reference, StartPipelineExecution."""

    code = "PipelineNotFoundException"


class StageNotFoundError(AWSError):
    """No such stage: CodePipeline API Reference, RollbackStage."""

    code = "StageNotFoundException"


class PipelineExecutionNotFoundError(AWSError):
    """No such execution: CodePipeline API Reference, RollbackStage."""

    code = "PipelineExecutionNotFoundException"


class PipelineExecutionOutdatedError(AWSError):
    """It ran another structure of the pipeline: CodePipeline API Reference, RollbackStage."""

    code = "PipelineExecutionOutdatedException"


class UnableToRollbackStageError(AWSError):
    """The stage can't go back there: CodePipeline API Reference, RollbackStage."""

    code = "UnableToRollbackStageException"


class InvalidApprovalTokenError(AWSError):
    """Not the token of the waiting approval: CodePipeline API Reference, PutApprovalResult."""

    code = "InvalidApprovalTokenException"


@dataclass
class _Execution:
    id: str
    pipeline: str
    version: int
    kind: str
    trigger: dict[str, str]
    mode: str
    revisions: list[dict[str, Any]]
    stages: dict[str, str] = field(default_factory=dict)
    status: str = "InProgress"
    token: str = ""
    target: str = ""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))


_executions: Store[_Execution] = Store()


def _pipeline(request: Request, name: str) -> dict[str, Any]:
    held = codepipeline_backends[request.account][request.region].pipelines
    if name not in held:
        raise PipelineNotFoundError(
            f"Account '{request.account}' does not have a pipeline with name '{name}'"
        )
    structure: dict[str, Any] = held[name].pipeline
    return structure


def _of(request: Request, name: str) -> list[_Execution]:
    """Return a pipeline's executions, newest first."""
    return [each for each in _executions.of(request).values() if each.pipeline == name][::-1]


def _start(
    request: Request, pipeline: Mapping[str, Any], kind: str, trigger: str, **members: Any
) -> _Execution:
    execution = _Execution(
        str(uuid.uuid4()),
        pipeline["name"],
        pipeline.get("version", 1),
        kind,
        {"triggerType": trigger, "triggerDetail": request.caller.principal},
        pipeline.get("executionMode", "SUPERSEDED"),
        **members,
    )
    _executions.of(request)[execution.id] = execution
    return execution


def _go_on(execution: _Execution, stages: list[Mapping[str, Any]]) -> None:
    """Run an execution until an approval or its end."""
    execution.updated = datetime.now(UTC)
    for stage in stages:
        if execution.stages.get(stage["name"]) == "Succeeded":
            continue
        approvals = [a for a in stage["actions"] if a["actionTypeId"]["category"] == "Approval"]
        if approvals:
            execution.stages[stage["name"]] = "InProgress"
            execution.token = str(uuid.uuid4())
            return
        execution.stages[stage["name"]] = "Succeeded"
    execution.status = "Succeeded"


@addition("codepipeline", "StartPipelineExecution")
def start_pipeline_execution(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, StartPipelineExecution."""
    params = request.params
    pipeline = _pipeline(request, params["name"])
    sent = {each["actionName"]: each["revisionValue"] for each in params.get("sourceRevisions", [])}
    revisions = [
        {"actionName": each["name"], "revisionId": sent.get(each["name"], uuid.uuid4().hex)}
        for each in pipeline["stages"][0]["actions"]
    ]
    execution = _start(request, pipeline, "STANDARD", "StartPipelineExecution", revisions=revisions)
    _go_on(execution, pipeline["stages"])
    return {"pipelineExecutionId": execution.id}


@addition("codepipeline", "ListPipelineExecutions")
def list_pipeline_executions(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, ListPipelineExecutions, with its filter by stage."""
    params = request.params
    _pipeline(request, params["pipelineName"])
    wanted = params.get("filter", {}).get("succeededInStage", {}).get("stageName")
    summaries = [
        _summary(each)
        for each in _of(request, params["pipelineName"])
        if wanted is None or each.stages.get(wanted) == "Succeeded"
    ]
    return paged(
        "pipelineExecutionSummaries",
        summaries,
        params,
        next_member="nextToken",
        size="maxResults",
    )


def _summary(execution: _Execution) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "startTime": execution.started,
        "lastUpdateTime": execution.updated,
        "sourceRevisions": execution.revisions,
        "trigger": execution.trigger,
        "executionMode": execution.mode,
        "executionType": execution.kind,
    }
    if execution.target:
        summary["rollbackMetadata"] = {"rollbackTargetPipelineExecutionId": execution.target}
    return summary


@addition("codepipeline", "GetPipelineExecution")
def get_pipeline_execution(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, GetPipelineExecution."""
    params = request.params
    _pipeline(request, params["pipelineName"])
    execution = _executions.of(request).get(params["pipelineExecutionId"])
    if execution is None or execution.pipeline != params["pipelineName"]:
        raise PipelineExecutionNotFoundError("The pipeline execution does not exist.")
    summary = _summary(execution)
    kept = ("pipelineExecutionId", "status", "trigger", "executionMode", "executionType")
    described = {key: summary[key] for key in kept}
    if execution.target:
        described["rollbackMetadata"] = summary["rollbackMetadata"]
    return {
        "pipelineExecution": {
            **described,
            "pipelineName": execution.pipeline,
            "pipelineVersion": execution.version,
            "artifactRevisions": [
                {"name": each["actionName"], "revisionId": each["revisionId"]}
                for each in execution.revisions
            ],
        }
    }


@addition("codepipeline", "GetPipelineState")
def get_pipeline_state(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, GetPipelineState."""
    name = request.params["name"]
    pipeline = _pipeline(request, name)
    states = []
    for stage in pipeline["stages"]:
        state: dict[str, Any] = {
            "stageName": stage["name"],
            "inboundTransitionState": {"enabled": True},
            "actionStates": [{"actionName": each["name"]} for each in stage["actions"]],
        }
        latest = next((e for e in _of(request, name) if stage["name"] in e.stages), None)
        if latest is not None:
            status = latest.stages[stage["name"]]
            state["latestExecution"] = {
                "pipelineExecutionId": latest.id,
                "status": status,
                "type": latest.kind,
            }
            for action, shown in zip(stage["actions"], state["actionStates"], strict=True):
                shown["latestExecution"] = {"status": status, "lastStatusChange": latest.updated}
                if status == "InProgress" and action["actionTypeId"]["category"] == "Approval":
                    shown["latestExecution"]["token"] = latest.token
        states.append(state)
    return {
        "pipelineName": name,
        "pipelineVersion": pipeline.get("version", 1),
        "stageStates": states,
    }


@addition("codepipeline", "PutApprovalResult")
def put_approval_result(request: Request) -> Mapping[str, Any]:
    """Answer a waiting approval: CodePipeline API Reference, PutApprovalResult."""
    params = request.params
    pipeline = _pipeline(request, params["pipelineName"])
    for execution in _of(request, pipeline["name"]):
        if execution.token and execution.token == params["token"]:
            execution.token = ""
            if params["result"]["status"] == "Rejected":
                execution.stages[params["stageName"]] = execution.status = "Failed"
            else:
                execution.stages[params["stageName"]] = "Succeeded"
                _go_on(execution, pipeline["stages"])
            return {"approvedAt": datetime.now(UTC)}
    raise InvalidApprovalTokenError("The approval token is not valid.")


@addition("codepipeline", "RollbackStage")
def rollback_stage(request: Request) -> Mapping[str, Any]:
    """Run a stage again as an earlier execution did: CodePipeline API Reference, RollbackStage.

    CodePipeline User Guide, 'Considerations for rollbacks': the target succeeded in the stage, ran
    the pipeline's current structure, and is not a rollback itself.
    """
    params = request.params
    pipeline = _pipeline(request, params["pipelineName"])
    names = [stage["name"] for stage in pipeline["stages"]]
    stage = params["stageName"]
    if stage not in names:
        raise StageNotFoundError(f"The stage {stage} does not exist.")
    target = _executions.of(request).get(params["targetPipelineExecutionId"])
    if target is None or target.pipeline != pipeline["name"]:
        raise PipelineExecutionNotFoundError("The pipeline execution does not exist.")
    if target.version != pipeline.get("version", 1):
        raise PipelineExecutionOutdatedError(
            "The specified pipeline execution is outdated and cannot be used as a target pipeline "
            "execution for rollback."
        )
    running = any(e.stages.get(stage) == "InProgress" for e in _of(request, pipeline["name"]))
    if (
        stage == names[0]
        or running
        or target.kind == "ROLLBACK"
        or target.stages.get(stage) != "Succeeded"
        or pipeline.get("executionMode") == "PARALLEL"
    ):
        raise UnableToRollbackStageError(
            "Unable to roll back the stage. The cause might be if the pipeline version has changed "
            "since the target pipeline execution was deployed, the stage is currently running, or "
            "an incorrect target pipeline execution ID was provided."
        )
    execution = _start(
        request,
        pipeline,
        "ROLLBACK",
        "ManualRollback",
        revisions=target.revisions,
        target=target.id,
        stages={stage: "Succeeded"},
        status="Succeeded",
    )
    return {"pipelineExecutionId": execution.id}

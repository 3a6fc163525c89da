"""CodePipeline: executions of pipelines, approvals, and rollback to an earlier execution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.codepipeline.models import codepipeline_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.codepipeline import event_starts as event_starts
from landfall.sandbox.services.codepipeline import (
    executions,
    rehearsed,
    running,
    starts,
    state_events,
)
from landfall.sandbox.services.codepipeline.executions import Execution
from landfall.sandbox.services.codepipeline.source_states import missing


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


def pipeline_of(request: Request, name: str) -> dict[str, Any]:
    """Return the structure of a pipeline; raises PipelineNotFoundError."""
    held = codepipeline_backends[request.account][request.region].pipelines
    if name not in held:
        raise PipelineNotFoundError(
            f"Account '{request.account}' does not have a pipeline with name '{name}'"
        )
    structure: dict[str, Any] = held[name].pipeline
    return structure


@addition("codepipeline", "CreatePipeline")
def create_pipeline(request: Request) -> Mapping[str, Any]:
    """Create a pipeline and start its first execution: User Guide, 'Start a pipeline'.

    That execution takes each source as configured. It fails where a source does not exist yet.
    """
    params = request.params
    backend = codepipeline_backends[request.account][request.region]
    created, tags = backend.create_pipeline(params["pipeline"], params.get("tags"))
    execution = starts.start(request, created, [], [], "CreatePipeline")
    first = created["stages"][0]
    if any(missing(request, action) for action in first["actions"]):
        executions.fail(execution, first["name"])
        state_events.of_execution(request.account, request.partition, execution)
    else:
        running.go_on(request, execution, created)
    return {"pipeline": created, "tags": tags}


@addition("codepipeline", "StartPipelineExecution")
def start_pipeline_execution(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, StartPipelineExecution."""
    params = request.params
    pipeline = pipeline_of(request, params["name"])
    found = starts.start(
        request, pipeline, params.get("sourceRevisions", []), params.get("variables", [])
    )
    running.go_on(request, found, pipeline)
    return {"pipelineExecutionId": found.id}


@addition("codepipeline", "ListPipelineExecutions")
def list_pipeline_executions(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, ListPipelineExecutions, with its filter by stage."""
    params = request.params
    pipeline_of(request, params["pipelineName"])
    wanted = params.get("filter", {}).get("succeededInStage", {}).get("stageName")
    summaries = [
        _summary(each)
        for each in executions.of(request, params["pipelineName"])
        if wanted is None or each.stages.get(wanted) == "Succeeded"
    ]
    return paged(
        "pipelineExecutionSummaries",
        summaries,
        params,
        next_member="nextToken",
        size="maxResults",
    )


def _summary(execution: Execution) -> dict[str, Any]:
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
    if execution.summary:
        summary["statusSummary"] = execution.summary
    if execution.target:
        summary["rollbackMetadata"] = {"rollbackTargetPipelineExecutionId": execution.target}
    return summary


@addition("codepipeline", "GetPipelineExecution")
def get_pipeline_execution(request: Request) -> Mapping[str, Any]:
    """CodePipeline API Reference, GetPipelineExecution."""
    params = request.params
    pipeline_of(request, params["pipelineName"])
    execution = executions.STORE.of(request).get(params["pipelineExecutionId"])
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
            "variables": [
                {"name": name, "resolvedValue": value}
                for name, value in execution.variables.items()
            ],
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
    pipeline = pipeline_of(request, name)
    states = []
    for stage in pipeline["stages"]:
        state: dict[str, Any] = {
            "stageName": stage["name"],
            "inboundTransitionState": {"enabled": True},
            "actionStates": [{"actionName": each["name"]} for each in stage["actions"]],
        }
        latest = next((e for e in executions.of(request, name) if stage["name"] in e.stages), None)
        if latest is not None:
            status = latest.stages[stage["name"]]
            state["latestExecution"] = {
                "pipelineExecutionId": latest.id,
                "status": status,
                "type": latest.kind,
            }
            for action, shown in zip(stage["actions"], state["actionStates"], strict=True):
                if latest.rehearsed:
                    rehearsed.show(latest, stage["name"], shown)
                    continue
                shown["latestExecution"] = {"status": status, "lastStatusChange": latest.updated}
                if status == "InProgress" and action["actionTypeId"]["category"] == "Approval":
                    shown["latestExecution"]["token"] = latest.token
                if why := latest.errors.get(action["name"]):
                    details = {"code": "PermissionError", "message": why}
                    shown["latestExecution"]["errorDetails"] = details
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
    pipeline = pipeline_of(request, params["pipelineName"])
    for execution in executions.of(request, pipeline["name"]):
        if execution.rehearsed and rehearsed.approve(execution, params):
            return {"approvedAt": datetime.now(UTC)}
        if execution.token and execution.token == params["token"]:
            execution.token = ""
            if params["result"]["status"] == "Rejected":
                execution.stages[params["stageName"]] = execution.status = "Failed"
                state_events.of_execution(request.account, request.partition, execution)
            else:
                execution.stages[params["stageName"]] = "Succeeded"
                running.go_on(request, execution, pipeline)
            return {"approvedAt": datetime.now(UTC)}
    raise InvalidApprovalTokenError("The approval token is not valid.")


@addition("codepipeline", "ListActionExecutions")
def list_action_executions(request: Request) -> Mapping[str, Any]:
    """List the actions of rehearsed executions, the newest first: API Reference,
    ListActionExecutions. Those of other executions did nothing, so there is nothing to tell.
    """
    params = request.params
    pipeline_of(request, params["pipelineName"])
    wanted = params.get("filter", {}).get("pipelineExecutionId")
    details = [
        rehearsed.detail(execution, action)
        for execution in executions.of(request, params["pipelineName"])
        if wanted in (None, execution.id)
        for action in reversed(execution.actions)
    ]
    return paged(
        "actionExecutionDetails", details, params, next_member="nextToken", size="maxResults"
    )


@addition("codepipeline", "RollbackStage")
def rollback_stage(request: Request) -> Mapping[str, Any]:
    """Run a stage again as an earlier execution did: CodePipeline API Reference, RollbackStage.

    A rehearsed execution waits until `landfall rehearse` runs its stage.
    """
    return {"pipelineExecutionId": roll_back(request, "ManualRollback").id}


def roll_back(request: Request, trigger: str) -> Execution:
    """Return the execution of a rollback to the target and in the stage of a request.

    CodePipeline User Guide, 'Considerations for rollbacks': the target succeeded in the stage, ran
    the pipeline's current structure, and is not a rollback itself.
    """
    params = request.params
    pipeline = pipeline_of(request, params["pipelineName"])
    names = [stage["name"] for stage in pipeline["stages"]]
    stage = params["stageName"]
    if stage not in names:
        raise StageNotFoundError(f"The stage {stage} does not exist.")
    target = executions.STORE.of(request).get(params["targetPipelineExecutionId"])
    if target is None or target.pipeline != pipeline["name"]:
        raise PipelineExecutionNotFoundError("The pipeline execution does not exist.")
    if target.version != pipeline.get("version", 1):
        raise PipelineExecutionOutdatedError(
            "The specified pipeline execution is outdated and cannot be used as a target pipeline "
            "execution for rollback."
        )
    running = any(
        e.stages.get(stage) == "InProgress" for e in executions.of(request, pipeline["name"])
    )
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
    status = "InProgress" if target.rehearsed else "Succeeded"
    execution = executions.start(
        request,
        pipeline,
        "ROLLBACK",
        trigger,
        revisions=target.revisions,
        variables=target.variables,
        target=target.id,
        stages={stage: status},
        status=status,
        rehearsed=target.rehearsed,
    )
    if execution.rehearsed:
        state_events.of_execution(request.account, request.partition, execution)
    return execution

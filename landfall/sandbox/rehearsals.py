"""The sandbox's side of `landfall rehearse`: what AWS's services do, and no API of AWS offers.

A rehearsal runs the actions of a pipeline in a process of its own. Through this interface, beside
AWS's, it begins sessions as CodePipeline, CodeBuild and CodeDeploy do, and reports results, so that
executions and builds are read through AWS's APIs. A request is `{"do": NAME, ...}`, its answer
`{"answer": ...}`, or `{"error": {"code", "message"}}` in AWS's words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.utilities.utils import get_partition

from landfall.sandbox.gate import registry
from landfall.sandbox.gate.callers import callers
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Caller, Request

_TIMES: Final = frozenset(
    {"completeTime", "endTime", "lastUpdateTime", "lastUpdatedAt", "startTime"}
)


def answer(body: bytes) -> dict[str, Any]:
    """Carry out one request; return its answer, or the error that AWS would give."""
    asked = json.loads(body, object_hook=_with_times)
    try:
        return {"answer": _DOES[asked.pop("do")](**asked)}
    except AWSError as error:
        return {"error": {"code": error.code, "message": error.message}}


def _with_times(members: dict[str, Any]) -> dict[str, Any]:
    for name in _TIMES & members.keys():
        if isinstance(members[name], int | float):
            members[name] = datetime.fromtimestamp(members[name], UTC)
    return members


def _request(account: str, region: str, service: str, operation: str, params: Any) -> Request:
    user = callers.sandbox_user()
    return Request(Caller(account, user.principal), region, service, operation, params)


def _assume(
    service: str, source: str, role: str, session: str, account: str, region: str
) -> Mapping[str, Any]:
    """Begin the session of a role as a service does for one resource, `source`."""
    registry.load("sts")
    from landfall.sandbox.across_services import trust
    from landfall.sandbox.services.sts.additions import issue

    params = {"RoleSessionName": session, "RoleArn": role}
    request = Request(Caller(account, service), region, "sts", "AssumeRole", params)
    made = trust.require_trust(
        request, role, trust.service(service, account, source), "sts:AssumeRole"
    )
    issued = dict(issue(request, made, 3600)["Credentials"])
    return {name: str(value) for name, value in issued.items()}


def _start(
    account: str,
    region: str,
    pipeline: str,
    variables: list[dict[str, str]],
    revisions: list[dict[str, str]],
    trigger: str = "StartPipelineExecution",
) -> str:
    """Begin an execution of which the sandbox runs no action; return its id."""
    registry.load("codepipeline")
    from landfall.sandbox.services.codepipeline import additions, starts, state_events

    request = _request(account, region, "codepipeline", "StartPipelineExecution", {})
    structure = additions.pipeline_of(request, pipeline)
    execution = starts.start(request, structure, revisions, variables, trigger)
    execution.rehearsed = True
    # Its sources report the others when they run.
    sent = {each["actionName"] for each in revisions}
    execution.revisions = [each for each in execution.revisions if each["actionName"] in sent]
    state_events.of_execution(account, request.partition, execution)
    return execution.id


def _event(
    account: str, region: str, detail_type: str, detail: dict[str, Any], arn: str
) -> list[dict[str, Any]]:
    """Return the pipelines that the rules of EventBridge start at an event of a service."""
    from landfall.sandbox.across_services import pipeline_targets, service_events

    event = service_events.event_of(account, region, detail_type, detail, arn)
    return list(pipeline_targets.of_event(event))


def _schedules(account: str, region: str, pipeline: str) -> list[dict[str, Any]]:
    """Return the schedules that start a pipeline, by its ARN."""
    from landfall.sandbox.across_services import pipeline_targets

    return list(pipeline_targets.of_schedules(account, region, pipeline))


def _roll_back(account: str, region: str, pipeline: str, stage: str, target: str) -> str:
    """Begin the automatic rollback of a stage; return the id of its execution."""
    registry.load("codepipeline")
    from landfall.sandbox.services.codepipeline import additions

    params = {"pipelineName": pipeline, "stageName": stage, "targetPipelineExecutionId": target}
    request = _request(account, region, "codepipeline", "RollbackStage", params)
    return additions.roll_back(request, "AutomatedRollback").id


def _report(
    account: str,
    region: str,
    execution: str,
    stages: dict[str, str] | None = None,
    status: str = "",
    summary: str = "",
    revisions: list[dict[str, str]] | None = None,
    action: dict[str, Any] | None = None,
) -> None:
    """Keep what an execution has become: its stages, its end, or one of its actions."""
    registry.load("codepipeline")
    from landfall.sandbox.services.codepipeline import executions, rehearsed, state_events

    partition = get_partition(region)
    found = executions.STORE.at(account, region)[execution]
    found.stages.update(stages or {})
    found.status = status or found.status
    found.summary = summary or found.summary
    new = {each["actionName"]: each for each in revisions or []}
    kept = [each for each in found.revisions if each["actionName"] not in new]
    found.revisions = [*kept, *new.values()]
    found.updated = datetime.now(UTC)
    if action is not None:
        rehearsed.report(found, action)
        state_events.of_action(account, partition, found, action)
    for stage, state in (stages or {}).items():
        state_events.of_stage(account, partition, found, stage, state)
    if status:
        state_events.of_execution(account, partition, found)


def _judge(account: str, region: str, pipeline: str, action: Any, session: str) -> str:
    """Return why an action fails for want of a permission, in AWS's words; empty if it does not."""
    registry.load("codepipeline")
    from landfall.sandbox.services.codepipeline import action_roles, additions

    request = _request(account, region, "codepipeline", "GetPipeline", {})
    structure = additions.pipeline_of(request, pipeline)
    return action_roles.failure(structure, action, region, session)


def _build(account: str, region: str, build: dict[str, Any]) -> None:
    """Keep a build of a project, in place of its earlier state."""
    registry.load("codebuild")
    from landfall.sandbox.services.codebuild import additions

    additions.keep_build(account, region, build)


def _batch(account: str, region: str, batch: dict[str, Any]) -> None:
    """Keep a batch of builds, in place of its earlier state."""
    registry.load("codebuild")
    from landfall.sandbox.services.codebuild import additions_batches

    additions_batches.keep_batch(account, region, batch)


def _test_report(
    account: str, region: str, build: dict[str, str], group: str, found: dict[str, Any]
) -> str:
    """Keep a report of a build in its group; return the report's ARN."""
    registry.load("codebuild")
    from landfall.sandbox.services.codebuild import additions_reports

    return additions_reports.keep_report(account, region, build, group, found)


def _deployment(account: str, region: str, deployment: str, members: dict[str, Any]) -> bool:
    """Keep what a deployment has become; return whether StopDeployment was called for it."""
    registry.load("codedeploy")
    from landfall.sandbox.services.codedeploy import additions_deployments as deployments

    deployments.keep_deployment(account, region, deployment, members)
    return deployments.is_stopping(account, region, deployment)


def _hook(account: str, region: str, hook: str) -> str:
    """Return the result that a function gave for a lifecycle event hook; await one at first."""
    registry.load("codedeploy")
    from landfall.sandbox.services.codedeploy import additions_deployments as deployments

    return deployments.hook_result(account, region, hook)


def _instance(account: str, region: str, instance: str) -> str:
    """Return the folder that stands for the root of an instance's file system."""
    from landfall.sandbox import machine_folders

    return str(machine_folders.of_instance(account, region, instance))


def _build_host(account: str, region: str, project: str) -> str:
    """Return the folder of the host that keeps the local caches of a project's builds."""
    from landfall.sandbox import machine_folders

    return str(machine_folders.of_build_host(account, region, project))


_DOES: Final[Mapping[str, Callable[..., Any]]] = {
    "assume": _assume,
    "batch": _batch,
    "build": _build,
    "build host": _build_host,
    "deployment": _deployment,
    "event": _event,
    "hook": _hook,
    "instance": _instance,
    "judge": _judge,
    "report": _report,
    "roll back": _roll_back,
    "schedules": _schedules,
    "start": _start,
    "test report": _test_report,
}

"""What an execution does stage by stage, and what its success starts."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.codepipeline.models import codepipeline_backends

from landfall.sandbox.across_services.chains import link
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.codepipeline import executions, starts, state_events
from landfall.sandbox.services.codepipeline.action_roles import failure
from landfall.sandbox.services.codepipeline.entry_conditions import refusal
from landfall.sandbox.services.codepipeline.executions import Execution

_VARIABLE: Final = re.compile(r"#\{([\w@-]+)\.([\w@-]+)\}")


def go_on(request: Request, execution: Execution, pipeline: Mapping[str, Any]) -> None:
    """Run an execution until an approval, a condition that refuses it, or its end.

    Its end is an event: CodePipeline User Guide, 'Monitoring CodePipeline events'.
    """
    _run(request, execution, pipeline)
    if execution.status != "InProgress":
        state_events.of_execution(request.account, request.partition, execution)


def _run(request: Request, execution: Execution, pipeline: Mapping[str, Any]) -> None:
    execution.updated = datetime.now(UTC)
    for stage in pipeline["stages"]:
        if execution.stages.get(stage["name"]) in ("Succeeded", "Skipped"):
            continue
        result = refusal(pipeline, stage)
        if result == "SKIP":
            execution.stages[stage["name"]] = "Skipped"
            continue
        if result is not None:
            executions.fail(execution, stage["name"])
            return
        if _most_builds(stage) > quota("codebuild.running_builds"):
            # CodeBuild: 'Cannot have more than 1 builds in queue for the account'.
            executions.fail(execution, stage["name"])
            return
        if any(_lacks_permission(execution, pipeline, each) for each in stage["actions"]):
            executions.fail(execution, stage["name"])
            return
        approvals = [a for a in stage["actions"] if a["actionTypeId"]["category"] == "Approval"]
        if approvals:
            execution.stages[stage["name"]] = "InProgress"
            execution.token = executions.new_token()
            return
        if not all(_invoked(request, execution, each) for each in stage["actions"]):
            executions.fail(execution, stage["name"])
            return
        execution.stages[stage["name"]] = "Succeeded"
    execution.status = "Succeeded"


def _lacks_permission(
    execution: Execution, pipeline: Mapping[str, Any], action: Mapping[str, Any]
) -> bool:
    """Return whether an action's role lacks a permission; keep AWS's words as the action's error"""
    why = failure(pipeline, action, execution.region, execution.id)
    if why:
        execution.errors[action["name"]] = why
    return bool(why)


def _most_builds(stage: Mapping[str, Any]) -> int:
    """Return how many builds of a stage start at once: actions of one run order."""
    orders = Counter(
        each.get("runOrder", 1)
        for each in stage["actions"]
        if each["actionTypeId"]["provider"] == "CodeBuild"
    )
    return max(orders.values(), default=0)


def _invoked(request: Request, execution: Execution, action: Mapping[str, Any]) -> bool:
    """Start the pipeline that an action names; return whether it started, or is none to start.

    CodePipeline User Guide, 'AWS CodePipeline invoke action reference'.
    """
    if action["actionTypeId"]["provider"] != "CodePipeline":
        return True
    given = {
        key: _VARIABLE.sub(lambda name: _value(execution, name), text)
        for key, text in action["configuration"].items()
    }
    pipeline = found(request, given["PipelineName"])
    with link() as may_go_on:
        if pipeline is None or not may_go_on:
            return False
        try:
            started = starts.start(
                request,
                pipeline,
                json.loads(given.get("SourceRevisions", "[]")),
                json.loads(given.get("Variables", "[]")),
            )
        except AWSError:
            return False
        go_on(request, started, pipeline)
    return True


def _value(execution: Execution, variable: re.Match[str]) -> str:
    namespace, name = variable.groups()
    if (namespace, name) == ("codepipeline", "PipelineExecutionId"):
        return execution.id
    if namespace == "variables":
        return execution.variables.get(name, "")
    source = namespace.removesuffix("Variables")
    return next(
        (each["revisionId"] for each in execution.revisions if each["actionName"] == source), ""
    )


def found(request: Request, name: str) -> Mapping[str, Any] | None:
    """Return the structure of a pipeline; None if there is none."""
    held = codepipeline_backends[request.account][request.region].pipelines.get(name)
    return None if held is None else held.pipeline

"""Actions of rehearsed executions, whose results `landfall rehearse` reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.services.codepipeline.executions import Execution


class ApprovalAlreadyCompletedError(AWSError):
    """The approval has its answer: CodePipeline API Reference, PutApprovalResult."""

    code = "ApprovalAlreadyCompletedException"


def report(execution: Execution, detail: dict[str, Any]) -> None:
    """Keep the detail of an action, in place of its earlier one; an approval gets a token."""
    identity = detail["actionExecutionId"]
    for number, known in enumerate(execution.actions):
        if known["actionExecutionId"] == identity:
            execution.actions[number] = detail
            break
    else:
        execution.actions.append(detail)
        if detail["input"]["actionTypeId"]["category"] == "Approval":
            execution.tokens[identity] = str(uuid.uuid4())
    if detail["status"] != "InProgress":
        execution.tokens.pop(identity, None)
    execution.updated = datetime.now(UTC)


def detail(execution: Execution, action: Mapping[str, Any]) -> dict[str, Any]:
    """Return an action as ActionExecutionDetail of the API."""
    return {
        "pipelineExecutionId": execution.id,
        "pipelineVersion": execution.version,
        **action,
    }


def show(execution: Execution, stage: str, state: dict[str, Any]) -> None:
    """Add the latest execution of an action to its state: API Reference, ActionExecution."""
    found = [
        each
        for each in execution.actions
        if each["stageName"] == stage and each["actionName"] == state["actionName"]
    ]
    if not found:
        return
    action = found[-1]
    result = action.get("output", {}).get("executionResult", {})
    shown = {
        "actionExecutionId": action["actionExecutionId"],
        "status": action["status"],
        "lastStatusChange": action["lastUpdateTime"],
    }
    if "externalExecutionSummary" in result:
        shown["summary"] = result["externalExecutionSummary"]
    for member in ("externalExecutionId", "externalExecutionUrl", "errorDetails"):
        if member in result:
            shown[member] = result[member]
    if token := execution.tokens.get(action["actionExecutionId"]):
        shown["token"] = token
    state["latestExecution"] = shown


def approve(execution: Execution, params: Mapping[str, Any]) -> bool:
    """Answer the approval of a token; return whether it is one of this execution."""
    for action in execution.actions:
        identity = action["actionExecutionId"]
        if not params["token"] or execution.tokens.get(identity) != params["token"]:
            continue
        if action["status"] != "InProgress":
            raise ApprovalAlreadyCompletedError("The approval action has already been completed.")
        approved = params["result"]["status"] == "Approved"
        said = params["result"]["summary"]
        output: dict[str, Any] = {"executionResult": {"externalExecutionSummary": said}}
        if not approved:
            output["executionResult"]["errorDetails"] = {
                "code": "ApprovalRejected",
                "message": said or "The approval was rejected.",
            }
        action["output"] = output
        action["lastUpdateTime"] = datetime.now(UTC)
        action["status"] = "Succeeded" if approved else "Failed"
        del execution.tokens[identity]
        return True
    return False

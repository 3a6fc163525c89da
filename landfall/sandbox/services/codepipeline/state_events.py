"""Events of rehearsed executions: CodePipeline User Guide, 'Monitoring CodePipeline events'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services import service_events
from landfall.sandbox.services.codepipeline.executions import Execution

_STATES: Final = {
    "InProgress": "STARTED",
    "Succeeded": "SUCCEEDED",
    "Failed": "FAILED",
    "Stopped": "STOPPED",
    "Abandoned": "ABANDONED",
}


def of_execution(account: str, partition: str, execution: Execution) -> None:
    """Send the event of an execution's status."""
    trigger = execution.trigger
    detail = {
        "execution-trigger": {
            "trigger-type": trigger["triggerType"],
            "trigger-detail": trigger["triggerDetail"],
        }
    }
    _send(account, partition, execution, ("Pipeline", execution.status, detail))


def of_stage(account: str, partition: str, execution: Execution, stage: str, status: str) -> None:
    """Send the event of a stage's status; a stage that was skipped has none."""
    if status in _STATES:
        _send(account, partition, execution, ("Stage", status, {"stage": stage}))


def of_action(
    account: str, partition: str, execution: Execution, action: Mapping[str, Any]
) -> None:
    """Send the event of an action's status."""
    detail = {
        "stage": action["stageName"],
        "action": action["actionName"],
        "action-execution-id": action["actionExecutionId"],
        "region": execution.region,
        "type": action["input"]["actionTypeId"],
    }
    _send(account, partition, execution, ("Action", action["status"], detail))


def _send(
    account: str,
    partition: str,
    execution: Execution,
    event: tuple[str, str, Mapping[str, Any]],
) -> None:
    what, status, detail = event
    arn = arn_of(
        partition, "codepipeline", execution.pipeline, region=execution.region, account=account
    )
    service_events.send(
        account,
        execution.region,
        f"CodePipeline {what} Execution State Change",
        {
            "pipeline": execution.pipeline,
            "execution-id": execution.id,
            "state": _STATES[status],
            "version": execution.version,
            **detail,
        },
        arn,
    )

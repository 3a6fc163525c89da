"""Executions of pipelines in the sandbox.

Actions do nothing here: each succeeds at once, except that an approval waits for its answer, and a
rejection ends the execution, and more builds at once than the account's quota fail. Of a stage's
conditions only VariableCheck is evaluated; windows are
open and alarms are quiet.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.services.codepipeline.entry_conditions import refusal


@dataclass
class Execution:
    """One execution; `stages` has the status of each stage that it reached."""

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


STORE: Store[Execution] = Store()


def of(request: Request, name: str) -> list[Execution]:
    """Return a pipeline's executions, newest first."""
    return [each for each in STORE.of(request).values() if each.pipeline == name][::-1]


def start(
    request: Request, pipeline: Mapping[str, Any], kind: str, trigger: str, **members: Any
) -> Execution:
    """Return a new execution, which has reached no stage yet."""
    execution = Execution(
        str(uuid.uuid4()),
        pipeline["name"],
        pipeline.get("version", 1),
        kind,
        {"triggerType": trigger, "triggerDetail": request.caller.principal},
        pipeline.get("executionMode", "SUPERSEDED"),
        **members,
    )
    STORE.of(request)[execution.id] = execution
    return execution


def fail(execution: Execution, stage: str) -> None:
    """End an execution in a stage."""
    execution.stages[stage] = execution.status = "Failed"


def _most_builds(stage: Mapping[str, Any]) -> int:
    """Return how many builds of a stage start at once: actions of one run order."""
    orders = Counter(
        each.get("runOrder", 1)
        for each in stage["actions"]
        if each["actionTypeId"]["provider"] == "CodeBuild"
    )
    return max(orders.values(), default=0)


def go_on(execution: Execution, pipeline: Mapping[str, Any]) -> None:
    """Run an execution until an approval, a condition that refuses it, or its end."""
    execution.updated = datetime.now(UTC)
    for stage in pipeline["stages"]:
        if execution.stages.get(stage["name"]) in ("Succeeded", "Skipped"):
            continue
        result = refusal(pipeline, stage)
        if result == "SKIP":
            execution.stages[stage["name"]] = "Skipped"
            continue
        if result is not None:
            fail(execution, stage["name"])
            return
        if _most_builds(stage) > quota("codebuild.running_builds"):
            # CodeBuild: 'Cannot have more than 1 builds in queue for the account'.
            fail(execution, stage["name"])
            return
        approvals = [a for a in stage["actions"] if a["actionTypeId"]["category"] == "Approval"]
        if approvals:
            execution.stages[stage["name"]] = "InProgress"
            execution.token = str(uuid.uuid4())
            return
        execution.stages[stage["name"]] = "Succeeded"
    execution.status = "Succeeded"

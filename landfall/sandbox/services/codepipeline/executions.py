"""Executions of pipelines in the sandbox.

Actions of most executions do nothing: each succeeds at once if its role has the permissions that
it needs. But an approval waits for its answer, a rejection ends the execution, an action of
CodePipeline starts another pipeline, and more builds at once than the account's quota fail. Of a
stage's conditions only VariableCheck is evaluated; windows are open and alarms are quiet.

The actions of a rehearsed execution really run, in a process of `landfall rehearse`, which reports
their results: `landfall.sandbox.rehearsals`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store


@dataclass
class Execution:
    """One execution; `stages` has the status of each stage that it reached.

    `rehearsed`: its actions run outside of the sandbox. Only then `actions` has their details, in
    the order of their start, as ActionExecutionDetail of the API; `summary` says why it ended.
    """

    id: str
    pipeline: str
    version: int
    kind: str
    trigger: dict[str, str]
    mode: str
    revisions: list[dict[str, Any]]
    variables: dict[str, str] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    status: str = "InProgress"
    token: str = ""
    target: str = ""
    region: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    rehearsed: bool = False
    actions: list[dict[str, Any]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    summary: str = ""
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
        region=request.region,
        **members,
    )
    STORE.of(request)[execution.id] = execution
    return execution


def fail(execution: Execution, stage: str) -> None:
    """End an execution in a stage."""
    execution.stages[stage] = execution.status = "Failed"


def new_token() -> str:
    """Return the token of an approval."""
    return str(uuid.uuid4())

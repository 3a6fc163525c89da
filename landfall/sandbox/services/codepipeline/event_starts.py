"""Starts by rules of EventBridge: CodePipeline User Guide, 'Pipeline start actions'."""

from __future__ import annotations

import json
from typing import Any

from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.services.codepipeline import executions, running, starts
from landfall.sandbox.services.events.receivers import Delivery, DeliveryError, receiver


@receiver("codepipeline")
def start(delivery: Delivery) -> None:
    """Start the pipeline of a target, with the revisions and variables of the target's input.

    An execution that `landfall rehearse` runs starts none: nothing would run the other's actions.
    """
    region, account, name = delivery.place
    request = Request(Caller(account, delivery.rule), region, "codepipeline", "", {})
    pipeline = running.found(request, name)
    if pipeline is None:
        raise DeliveryError("NO_RESOURCE", f"The pipeline {name} does not exist.")
    if _is_rehearsed(delivery):
        return
    given = _input(delivery.text)
    started = starts.start(
        request,
        pipeline,
        given.get("sourceRevisions", []),
        given.get("variables", []),
        "CloudWatchEvent",
    )
    running.go_on(request, started, pipeline)


def _is_rehearsed(delivery: Delivery) -> bool:
    """Return whether an event is of a rehearsed execution."""
    identity = str(delivery.event["detail"].get("execution-id"))
    execution = executions.STORE.at(delivery.account, delivery.region).get(identity)
    return execution is not None and execution.rehearsed


def _input(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

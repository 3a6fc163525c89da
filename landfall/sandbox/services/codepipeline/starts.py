"""How an execution starts: the revisions of its sources, and its variables."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.codepipeline import executions
from landfall.sandbox.services.codepipeline.executions import Execution

_TYPES = {
    "CodeStarSourceConnection": ("COMMIT_ID",),
    "CodeCommit": ("COMMIT_ID",),
    "ECR": ("IMAGE_DIGEST",),
    "S3": ("S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"),
}


class ValidationError(AWSError):
    """A revision or a variable that does not fit: CodePipeline API Reference,
    StartPipelineExecution.
    """

    code = "ValidationException"


def start(
    request: Request,
    pipeline: Mapping[str, Any],
    revisions: Sequence[Mapping[str, str]],
    variables: Sequence[Mapping[str, str]],
    trigger: str = "StartPipelineExecution",
) -> Execution:
    """Return a new execution with these revisions and variables, which has reached no stage yet.

    CodePipeline User Guide, 'Start a pipeline with a source revision override' and 'Variables'.
    """
    _check_revisions(pipeline, revisions)
    values = _variables(pipeline, variables)
    sent = {each["actionName"]: each["revisionValue"] for each in revisions}
    found = [
        {"actionName": each["name"], "revisionId": sent.get(each["name"], uuid.uuid4().hex)}
        for each in pipeline["stages"][0]["actions"]
    ]
    return executions.start(
        request, pipeline, "STANDARD", trigger, revisions=found, variables=values
    )


def _check_revisions(pipeline: Mapping[str, Any], revisions: Sequence[Mapping[str, str]]) -> None:
    sources = {each["name"]: each for each in pipeline["stages"][0]["actions"]}
    for revision in revisions:
        name, kind = revision["actionName"], revision["revisionType"]
        action = sources.get(name)
        if action is None:
            raise ValidationError(f"The source action {name} does not exist in the pipeline.")
        provider = action["actionTypeId"]["provider"]
        if kind not in _TYPES.get(provider, (kind,)):
            raise ValidationError(f"The revision type {kind} does not apply to {provider}.")
        allowed = action.get("configuration", {}).get("AllowOverrideForS3ObjectKey", "false")
        if kind == "S3_OBJECT_KEY" and allowed != "true":
            raise ValidationError(
                f"The source action {name} does not allow to override its object key: "
                "AllowOverrideForS3ObjectKey is not true."
            )


def _variables(pipeline: Mapping[str, Any], sent: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the value of each variable; one without a default must be sent."""
    values = {each["name"]: each["value"] for each in sent}
    declared = {each["name"]: each.get("defaultValue") for each in pipeline.get("variables", [])}
    for name in values:
        if name not in declared:
            raise ValidationError(f"The variable {name} is not declared in the pipeline.")
    lacking = [name for name, default in declared.items() if default is None and name not in values]
    if lacking:
        raise ValidationError(f"The variable {lacking[0]} has no value and no default value.")
    return {name: values.get(name, default or "") for name, default in declared.items()}

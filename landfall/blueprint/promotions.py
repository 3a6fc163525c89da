"""Promotion: a pipeline keeps what it deployed, and starts the next environment's pipeline with it.

Each execution keeps its artifacts under its own id, and names exactly these to the pipeline that it
starts. So the next environment gets what the earlier one deployed, however many executions run.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-PipelineInvoke.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landfall.blueprint.places import Place, Store
from landfall.blueprint.statements import Statement, statement

PREFIX = "promoted"
"""The prefix of promoted artifacts in the artifact store; no name of a pipeline equals it."""

NONE = "none"
"""In place of an execution in the key of a source: an execution that nothing promotes fails."""

EXECUTION = "#{codepipeline.PipelineExecutionId}"
"""The id of the execution that promotes."""

REVISION, RELEASE = "REVISION", "RELEASE"
"""Variables of a promoted execution: the revision of its sources, and the execution that it is
promoted from."""

DECLARED: Mapping[str, str] = {
    REVISION: "The revision of the sources of the promoted artifacts",
    RELEASE: "The execution that the artifacts are promoted from",
}
"""The variables that a promoted pipeline declares, with their descriptions."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What an environment hands on: `origin` is its own name as a pipeline, as `orders-staging`.

    `pipelines` are the names of the pipelines that start.
    """

    origin: str
    pipelines: tuple[str, ...]


def folder(origin: str) -> str:
    """Return the prefix of the artifacts that an environment hands on."""
    return f"{PREFIX}/{origin}"


def key(origin: str, execution: str, artifact: str) -> str:
    """Return the key of an artifact that an execution hands on."""
    return f"{folder(origin)}/{execution}/{artifact}.zip"


def revisions(origin: str, artifacts: Sequence[str], execution: str = EXECUTION) -> str:
    """Return the source revisions with which a promoted pipeline starts, as JSON.

    Each source action of that pipeline has its artifact's name.
    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevisionOverride.html
    """
    found = [
        {
            "actionName": artifact,
            "revisionType": "S3_OBJECT_KEY",
            "revisionValue": key(origin, execution, artifact),
        }
        for artifact in artifacts
    ]
    return json.dumps(found, separators=(",", ":"))


def variables(revision: str) -> str:
    """Return the variables with which a promoted pipeline starts, as JSON."""
    values = {REVISION: revision, RELEASE: EXECUTION}
    found = [{"name": name, "value": value} for name, value in values.items()]
    return json.dumps(found, separators=(",", ":"))


def permissions(promotions: Sequence[Promotion], place: Place, store: Store) -> list[Statement]:
    """Return the pipeline role's statements for keeping artifacts and starting the next pipelines.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html
    """
    if not promotions:
        return []
    return [
        statement(
            "KeepPromoted",
            actions=["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
            resources=[f"{store.bucket_arn}/{folder(each.origin)}/*" for each in promotions],
        ),
        statement("FindStore", actions=["s3:GetBucketAcl"], resources=[store.bucket_arn]),
        statement(
            "Promote",
            actions=["codepipeline:StartPipelineExecution"],
            resources=[
                place.arn("codepipeline", name) for each in promotions for name in each.pipelines
            ],
        ),
    ]

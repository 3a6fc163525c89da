"""EventBridge rules that start a pipeline, with a role for this pipeline only.

https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.events import ROLLBACKS
from components.delivery.source import SourceArgs, triggers_of
from components.inputs import Inputs
from components.rules import Start, Started, start_pipeline
from landfall.blueprint.places import Place
from landfall.blueprint.sources import CODECOMMIT, S3


@dataclass(frozen=True)
class _Event:
    """What starts a pipeline: the name's end, the pattern, and the revision that it takes."""

    name: str
    pattern: dict[str, Any]
    repository: str = ""
    action: str = ""
    revision_type: str = ""
    path: str = ""


def start_on_events(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    pipeline: Started,
    source: SourceArgs,
    after: Sequence[str] = (),
) -> None:
    """Create the rules that start a pipeline: for sources without triggers, and `after` others."""
    there = place
    if "account_id" in source:
        there = inputs.place(place.partition, place.region, source["account_id"])
    starts = [
        Start(
            start.name,
            f"Starts pipeline {pipeline.name} when {_WHEN[start.name]}",
            pattern=_pattern(start, inputs, there),
            bus=source.get("event_bus") if start.repository else None,
            transformer=_revision(start) if start.path else None,
        )
        for start in (*_starts(source), *([_success(after)] if after else []))
    ]
    start_pipeline(parent, name, inputs, place, pipeline, starts)


def started(pipeline: aws.codepipeline.Pipeline, name: str, role_name: str) -> Started:
    """Return a pipeline as rules start it; `role_name` is that of their role."""
    return Started(name, pipeline.arn, role_name, f"The trigger role of pipeline {name}")


def _pattern(start: _Event, inputs: Inputs, place: Place) -> pulumi.Output[str]:
    if not start.repository:
        return pulumi.Output.from_input(json.dumps(start.pattern))
    pattern = {**start.pattern, "resources": [place.arn("codecommit", start.repository)]}
    return inputs.output(pattern).apply(json.dumps)


def _starts(source: SourceArgs) -> Iterator[_Event]:
    if source["kind"] == CODECOMMIT:
        for trigger in triggers_of(source):
            if trigger.get("pull_requests"):
                yield _pull_request(source["repository"], trigger["pull_requests"])
            else:
                yield _push(source["repository"], trigger.get("branches", []))
    if source["kind"] == S3:
        detail = {"bucket": {"name": [source["bucket"]]}, "object": {"key": [source["key"]]}}
        yield _Event(
            "start", {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
        )
    if "image" in source:
        yield _image(source["image"]["repository"], source["image"]["tags"])


_WHEN = {
    "start": "its source changes",
    "image": "its image changes",
    "after": "an earlier pipeline succeeds",
}


def _success(pipelines: Sequence[str]) -> _Event:
    """Return the success of other pipelines, except of a rollback.

    AWS's page does not say whether the event of a success names what started the execution.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    forward: list[Any] = [{"exists": False}, {"anything-but": ROLLBACKS}]
    pattern = {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {
            "pipeline": sorted(pipelines),
            "state": ["SUCCEEDED"],
            "execution-trigger": {"trigger-type": forward},
        },
    }
    return _Event("after", pattern)


def _push(repository: str, branches: list[str]) -> _Event:
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": _matching(branches),
        },
    }
    return _Event("start", pattern, repository)


def _pull_request(repository: str, targets: list[str]) -> _Event:
    """https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html."""
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Pull Request State Change"],
        "detail": {
            "event": ["pullRequestCreated", "pullRequestSourceBranchUpdated"],
            "destinationReference": _matching([f"refs/heads/{target}" for target in targets]),
        },
    }
    return _Event("start", pattern, repository, "Source", "COMMIT_ID", "$.detail.sourceCommit")


def _image(repository: str, tags: list[str]) -> _Event:
    """https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html."""
    pattern = {
        "source": ["aws.ecr"],
        "detail-type": ["ECR Image Action"],
        "detail": {
            "action-type": ["PUSH"],
            "result": ["SUCCESS"],
            "repository-name": [repository],
            "image-tag": _matching(tags),
        },
    }
    return _Event("image", pattern, "", "Image", "IMAGE_DIGEST", "$.detail.image-digest")


def _matching(names: list[str]) -> list[Any]:
    return [{"wildcard": name} if "*" in name else name for name in names]


def _revision(start: _Event) -> dict[str, Any]:
    """Return the transformer that passes the event's revision to the pipeline.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
    """
    revision = (
        f'{{"actionName":"{start.action}","revisionType":"{start.revision_type}",'
        '"revisionValue":"<revision>"}'
    )
    return {
        "input_paths": {"revision": start.path},
        "input_template": f'{{"sourceRevisions":[{revision}]}}',
    }

"""What starts a pipeline beside its own triggers: EventBridge, with a role for this one pipeline.

https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.source import SourceArgs, triggers_of
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.places import Place
from landfall.blueprint.roles import trigger_role
from landfall.blueprint.sources import CODECOMMIT, S3


@dataclass(frozen=True)
class _Start:
    """One rule: its name's end, its pattern, and the revision that the pipeline takes."""

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
    pipeline: aws.codepipeline.Pipeline,
    *,
    pipeline_name: str,
    role_name: str,
    source: SourceArgs,
) -> None:
    """Make the rules that start a pipeline, where its own triggers do not."""
    starts = list(_starts(source))
    if not starts:
        return
    child = pulumi.ResourceOptions(parent=parent)
    role = trigger_role(
        role_name,
        f"The trigger role of pipeline {pipeline_name}",
        place,
        [f"{pipeline_name}-{start.name}" for start in starts],
        inputs.text(pipeline.arn),
    )
    made = make_role(f"{name}-trigger", role, inputs, child)
    for start in starts:
        rule = aws.cloudwatch.EventRule(
            f"{name}-{start.name}",
            name=f"{pipeline_name}-{start.name}",
            description=f"Starts pipeline {pipeline_name} when its {start.name} changes"
            if start.name == "image"
            else f"Starts pipeline {pipeline_name} when its source changes",
            event_pattern=_pattern(start, inputs, place),
            region=place.region,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{start.name}",
            rule=rule.name,
            target_id="pipeline",
            arn=pipeline.arn,
            role_arn=made.role.arn,
            input_transformer=_revision(start) if start.path else None,
            region=place.region,
            opts=child,
        )


def _pattern(start: _Start, inputs: Inputs, place: Place) -> pulumi.Output[str]:
    if not start.repository:
        return pulumi.Output.from_input(json.dumps(start.pattern))
    pattern = {**start.pattern, "resources": [place.arn("codecommit", start.repository)]}
    return inputs.output(pattern).apply(json.dumps)


def _starts(source: SourceArgs) -> Iterator[_Start]:
    if source["kind"] == CODECOMMIT:
        for trigger in triggers_of(source):
            if trigger.get("pull_requests"):
                yield _pull_request(source["repository"], trigger["pull_requests"])
            else:
                yield _push(source["repository"], trigger.get("branches", []))
    if source["kind"] == S3:
        detail = {"bucket": {"name": [source["bucket"]]}, "object": {"key": [source["key"]]}}
        yield _Start(
            "start", {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}
        )
    if "image" in source:
        yield _image(source["image"]["repository"], source["image"]["tags"])


def _push(repository: str, branches: list[str]) -> _Start:
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": _matching(branches),
        },
    }
    return _Start("start", pattern, repository)


def _pull_request(repository: str, targets: list[str]) -> _Start:
    """https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html."""
    pattern = {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Pull Request State Change"],
        "detail": {
            "event": ["pullRequestCreated", "pullRequestSourceBranchUpdated"],
            "destinationReference": _matching([f"refs/heads/{target}" for target in targets]),
        },
    }
    return _Start("start", pattern, repository, "Source", "COMMIT_ID", "$.detail.sourceCommit")


def _image(repository: str, tags: list[str]) -> _Start:
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
    return _Start("image", pattern, "", "Image", "IMAGE_DIGEST", "$.detail.image-digest")


def _matching(names: list[str]) -> list[Any]:
    return [{"wildcard": name} if "*" in name else name for name in names]


def _revision(start: _Start) -> dict[str, Any]:
    """Return the transformer that hands over the very revision that the event is about.

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

"""What starts a pipeline beside its own triggers: EventBridge, with a role for this one pipeline.

https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.roles import Place, service_trust
from components.delivery.source import CODECOMMIT, S3, SourceArgs, triggers_of
from components.documents import document, statement


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
    arns = [place.arn("events", f"rule/{pipeline_name}-{start.name}") for start in starts]
    role = aws.iam.Role(
        f"{name}-trigger",
        name=role_name,
        path="/landfall/",
        description=f"The trigger role of pipeline {pipeline_name}",
        assume_role_policy=document([service_trust("events", place.account_id, arns)]),
        opts=child,
    )
    aws.iam.RolePolicy(
        f"{name}-trigger",
        name="trigger",
        role=role.name,
        policy=document(
            [
                statement(
                    "StartThisPipeline",
                    actions=["codepipeline:StartPipelineExecution"],
                    resources=[pipeline.arn],
                )
            ]
        ),
        opts=child,
    )
    for start in starts:
        rule = aws.cloudwatch.EventRule(
            f"{name}-{start.name}",
            name=f"{pipeline_name}-{start.name}",
            description=f"Starts pipeline {pipeline_name} when its {start.name} changes"
            if start.name == "image"
            else f"Starts pipeline {pipeline_name} when its source changes",
            event_pattern=_pattern(start, place),
            region=place.region,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{start.name}",
            rule=rule.name,
            target_id="pipeline",
            arn=pipeline.arn,
            role_arn=role.arn,
            input_transformer=_revision(start) if start.path else None,
            region=place.region,
            opts=child,
        )


def _pattern(start: _Start, place: Place) -> pulumi.Output[str]:
    if not start.repository:
        return pulumi.Output.from_input(json.dumps(start.pattern))
    return place.arn("codecommit", start.repository).apply(
        lambda arn: json.dumps({**start.pattern, "resources": [arn]})
    )


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

"""Rules of EventBridge: what starts a pipeline, and what is published to a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from components.topics import MadeTopic
from landfall.blueprint.places import Place
from landfall.blueprint.roles import trigger_role


@dataclass(frozen=True)
class Start:
    """One rule that starts a pipeline, on events that match `pattern` or by `schedule`.

    The names of the rule end in `end`. `transformer` writes the pipeline's input.
    """

    end: str
    description: str
    pattern: pulumi.Input[str] | None = None
    schedule: str | None = None
    transformer: dict[str, Any] | None = None


@dataclass(frozen=True)
class Started:
    """A pipeline that rules start, as a role of this name and description."""

    name: str
    arn: pulumi.Input[str]
    role_name: str
    role_description: str


def start_pipeline(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    pipeline: Started,
    starts: Sequence[Start],
) -> None:
    """Make rules that start a pipeline, and the role that may do this and nothing else.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
    """
    if not starts:
        return
    child = pulumi.ResourceOptions(parent=parent)
    role = trigger_role(
        pipeline.role_name,
        pipeline.role_description,
        place,
        [f"{pipeline.name}-{start.end}" for start in starts],
        inputs.text(pipeline.arn),
    )
    made = make_role(f"{name}-trigger", role, inputs, child)
    for start in starts:
        rule = aws.cloudwatch.EventRule(
            f"{name}-{start.end}",
            name=f"{pipeline.name}-{start.end}",
            description=start.description,
            event_pattern=start.pattern,
            schedule_expression=start.schedule,
            region=place.region,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{start.end}",
            rule=rule.name,
            target_id="pipeline",
            arn=pipeline.arn,
            role_arn=made.role.arn,
            input_transformer=start.transformer,
            region=place.region,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
        )


@dataclass(frozen=True)
class Notice:
    """One rule whose events are published: its name in AWS, its pattern and the message."""

    rule_name: str
    description: str
    pattern: pulumi.Input[str]
    message: dict[str, Any]


def publish_events(
    parent: pulumi.Resource, name: str, notice: Notice, topic: MadeTopic
) -> aws.cloudwatch.EventRule:
    """Make a rule that publishes its events to a topic."""
    rule = aws.cloudwatch.EventRule(
        name,
        name=notice.rule_name,
        description=notice.description,
        event_pattern=notice.pattern,
        region=topic.region,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    publish_to(parent, name, rule, "topic", topic, notice.message)
    return rule


def publish_to(
    parent: pulumi.Resource,
    name: str,
    rule: aws.cloudwatch.EventRule,
    target_id: str,
    topic: MadeTopic,
    message: dict[str, Any],
) -> None:
    """Make a topic a target of a rule."""
    aws.cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id=target_id,
        arn=topic.topic.arn,
        input_transformer=message,
        region=topic.region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=topic.ready),
    )

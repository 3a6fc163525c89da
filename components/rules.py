"""Rules of EventBridge: what starts a pipeline, is published to a topic or sent to another bus."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import Made, make_role
from components.topics import MadeTopic
from landfall.blueprint.places import Place
from landfall.blueprint.roles import trigger_role


@dataclass(frozen=True)
class Start:
    """One rule that starts a pipeline, on events that match `pattern` or by `schedule`.

    The names of the rule end in `end`. `bus` is the name of its event bus, if not the default one.
    `transformer` writes the pipeline's input.
    """

    end: str
    description: str
    pattern: pulumi.Input[str] | None = None
    schedule: str | None = None
    bus: pulumi.Input[str] | None = None
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
        [_rule(inputs, f"{pipeline.name}-{start.end}", start.bus) for start in starts],
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
            event_bus_name=start.bus,
            region=place.region,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{start.end}",
            rule=rule.name,
            event_bus_name=start.bus,
            target_id="pipeline",
            arn=pipeline.arn,
            role_arn=made.role.arn,
            input_transformer=start.transformer,
            region=place.region,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
        )


def _rule(inputs: Inputs, name: str, bus: pulumi.Input[str] | None) -> str:
    """Return a rule as its ARN names it: after the bus, unless that is the default one."""
    return name if bus is None else f"{inputs.text(bus)}/{name}"


@dataclass(frozen=True)
class Sent:
    """One rule whose events are sent to the bus of another account: its name and its pattern."""

    rule_name: str
    description: str
    pattern: pulumi.Input[str]
    bus_arn: pulumi.Input[str]


def send_events(parent: pulumi.Resource, name: str, sent: Sent, sender: Made, region: str) -> None:
    """Make a rule that sends its events to a bus, as a role that may do so.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """
    rule = aws.cloudwatch.EventRule(
        name,
        name=sent.rule_name,
        description=sent.description,
        event_pattern=sent.pattern,
        region=region,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    aws.cloudwatch.EventTarget(
        name,
        rule=rule.name,
        target_id="bus",
        arn=sent.bus_arn,
        role_arn=sender.role.arn,
        region=region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=sender.granted),
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

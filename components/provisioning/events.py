"""Who is told of the stack's own delivery, and what starts the look for drift."""

import json
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.places import Place
from landfall.blueprint.roles import trigger_role
from landfall.blueprint.statements import statement

_EXECUTION = "CodePipeline Pipeline Execution State Change"
_ACTION = "CodePipeline Action Execution State Change"
_PATHS = {"pipeline": "$.detail.pipeline", "execution": "$.detail.execution-id"}


class TopicArgs(TypedDict):
    """What makes the topic."""

    topic_name: str
    """Its name."""
    key_arn: pulumi.Input[str]
    """The key that it is encrypted with."""
    emails: list[str]
    """E-mail addresses that subscribe, each after a confirmation."""
    provision: str
    """The pipeline that applies."""
    drift: str
    """The pipeline that looks for drift."""
    approval: bool
    """Whether plans wait for approval."""


def _kinds(args: TopicArgs) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Return what is told: kind to detail type, detail and message."""
    kinds: dict[str, tuple[str, dict[str, Any], str]] = {
        "failed": (
            _EXECUTION,
            {"pipeline": [args["provision"]], "state": ["FAILED"]},
            "Pipeline <pipeline> failed: execution <execution>.",
        ),
        # A look that finds something fails, and so does one that could not look everywhere.
        "drift": (
            _EXECUTION,
            {"pipeline": [args["drift"]], "state": ["FAILED"]},
            f"Pipeline <pipeline> found drift, or could not look: execution <execution>. The log "
            f"/landfall/build/{args['drift']}-check says what drifted.",
        ),
    }
    if args["approval"]:
        kinds["approval"] = (
            _ACTION,
            {
                "pipeline": [args["provision"]],
                "state": ["STARTED"],
                "type": {"category": ["Approval"]},
            },
            "Pipeline <pipeline> waits for the approval of a plan: execution <execution>.",
        )
    return kinds


def make_topic(
    parent: pulumi.Resource, name: str, inputs: Inputs, place: Place, args: TopicArgs
) -> aws.sns.Topic:
    """Make the encrypted topic, its subscriptions, and a rule for each kind of event."""
    child = pulumi.ResourceOptions(parent=parent)
    topic = aws.sns.Topic(
        name,
        name=args["topic_name"],
        kms_master_key_id=args["key_arn"],
        region=place.region,
        opts=child,
    )
    kinds = _kinds(args)
    rules = {kind: f"{args['topic_name']}-{kind}" for kind in kinds}
    publish = statement(
        "Events",
        actions=["sns:Publish"],
        resources=[topic.arn],
        principals={"Service": ["events.amazonaws.com"]},
        conditions={
            "ArnEquals": {
                "aws:SourceArn": [place.arn("events", f"rule/{rule}") for rule in rules.values()]
            }
        },
    )
    policy = aws.sns.TopicPolicy(
        name, arn=topic.arn, policy=inputs.document([publish]), region=place.region, opts=child
    )
    for email in args["emails"]:
        aws.sns.TopicSubscription(
            f"{name}-{email}",
            topic=topic.arn,
            protocol="email",
            endpoint=email,
            region=place.region,
            opts=child,
        )
    for kind, (detail_type, detail, message) in kinds.items():
        pattern = {"source": ["aws.codepipeline"], "detail-type": [detail_type], "detail": detail}
        rule = aws.cloudwatch.EventRule(
            f"{name}-{kind}",
            name=rules[kind],
            description=f"Tells of {args['provision']}: {kind}",
            event_pattern=json.dumps(pattern, separators=(",", ":")),
            region=place.region,
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-{kind}",
            rule=rule.name,
            target_id="topic",
            arn=topic.arn,
            input_transformer={"input_paths": _PATHS, "input_template": json.dumps(message)},
            region=place.region,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy]),
        )
    return topic


def start_on_schedule(
    parent: pulumi.Resource,
    name: str,
    inputs: Inputs,
    place: Place,
    pipeline: str,
    pipeline_arn: pulumi.Input[str],
    schedule: str,
) -> None:
    """Start a pipeline by a schedule, as a role that may do this and nothing else."""
    child = pulumi.ResourceOptions(parent=parent)
    rule = aws.cloudwatch.EventRule(
        f"{name}-schedule",
        name=f"{pipeline}-schedule",
        description=f"Starts pipeline {pipeline}",
        schedule_expression=schedule,
        region=place.region,
        opts=child,
    )
    role = trigger_role(
        f"{pipeline}-trigger",
        f"Starts pipeline {pipeline}",
        place,
        [f"{pipeline}-schedule"],
        inputs.text(pipeline_arn),
    )
    made = make_role(f"{name}-trigger", role, inputs, child)
    aws.cloudwatch.EventTarget(
        f"{name}-schedule",
        rule=rule.name,
        target_id="pipeline",
        arn=pipeline_arn,
        role_arn=made.role.arn,
        region=place.region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
    )

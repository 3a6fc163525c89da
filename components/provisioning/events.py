"""Notifications of the stack's own delivery."""

import json
from typing import Any, TypedDict

import pulumi
import pulumi_aws as aws

from components import topics
from components.inputs import Inputs
from components.rules import Notice, publish_events
from landfall.blueprint.places import Place
from landfall.blueprint.topics import event_topic

_EXECUTION = "CodePipeline Pipeline Execution State Change"
_ACTION = "CodePipeline Action Execution State Change"
_PATHS = {"pipeline": "$.detail.pipeline", "execution": "$.detail.execution-id"}


class TopicArgs(TypedDict):
    """The arguments of the topic."""

    topic_name: str
    """Its name."""
    key_arn: pulumi.Input[str]
    """The key that encrypts it."""
    emails: list[str]
    """E-mail addresses that subscribe; each must confirm."""
    provision: str
    """The apply pipeline."""
    drift: str
    """The drift pipeline."""
    approval: bool
    """Whether plans need an approval."""


def _kinds(args: TopicArgs) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Return the notifications: kind to detail type, detail and message."""
    kinds: dict[str, tuple[str, dict[str, Any], str]] = {
        "failed": (
            _EXECUTION,
            {"pipeline": [args["provision"]], "state": ["FAILED"]},
            "Pipeline <pipeline> failed: execution <execution>.",
        ),
        # The pipeline fails if it finds drift or does not finish.
        "drift": (
            _EXECUTION,
            {"pipeline": [args["drift"]], "state": ["FAILED"]},
            f"Pipeline <pipeline> found drift or did not finish: execution <execution>. The log "
            f"/landfall/build/{args['drift']}-check lists the drift.",
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
    """Create the encrypted topic, its subscriptions, and a rule for each kind of event."""
    kinds = _kinds(args)
    rules = {kind: f"{args['topic_name']}-{kind}" for kind in kinds}
    topic = event_topic(
        place,
        args["topic_name"],
        inputs.text(args["key_arn"]),
        list(rules.values()),
        args["emails"],
    )
    child = pulumi.ResourceOptions(parent=parent)
    made = topics.make_topic(name, topic, inputs, place.region, child)
    for kind, (detail_type, detail, message) in kinds.items():
        pattern = {"source": ["aws.codepipeline"], "detail-type": [detail_type], "detail": detail}
        notice = Notice(
            rules[kind],
            f"Tells of {args['provision']}: {kind}",
            json.dumps(pattern, separators=(",", ":")),
            {"input_paths": _PATHS, "input_template": json.dumps(message)},
        )
        publish_events(parent, f"{name}-{kind}", notice, made)
    return made.topic

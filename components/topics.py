"""Renders encrypted topics of a blueprint as resources."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.topics import Topic


@dataclass(frozen=True)
class MadeTopic:
    """A topic, and its policy where it has one: what publishes to the topic waits for that."""

    topic: aws.sns.Topic
    region: str
    ready: list[pulumi.Resource]


def make_topic(
    name: str,
    topic: Topic,
    inputs: Inputs,
    region: str,
    opts: pulumi.ResourceOptions,
    *,
    subscription: str | None = None,
) -> MadeTopic:
    """Make a topic, its policy and its subscriptions.

    `subscription` is the logical name of the first address's subscription; others have the address
    in theirs.
    """
    made = aws.sns.Topic(
        name,
        name=topic.name,
        kms_master_key_id=None if topic.key_arn is None else inputs.output(topic.key_arn),
        region=region,
        opts=opts,
    )
    ready: list[pulumi.Resource] = []
    if topic.statements:
        document = inputs.document(topic.statements)
        ready.append(
            aws.sns.TopicPolicy(name, arn=made.arn, policy=document, region=region, opts=opts)
        )
    for number, email in enumerate(topic.emails):
        own = subscription if subscription and number == 0 else f"{name}-{email}"
        aws.sns.TopicSubscription(
            own,
            topic=made.arn,
            protocol="email",
            endpoint=email,
            region=region,
            opts=opts,
        )
    return MadeTopic(made, region, ready)

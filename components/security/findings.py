"""Notifications of security findings, through an encrypted topic.

One EventBridge rule for each kind, in the home region; other regions forward GuardDuty's findings
to it.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.keys import make_key
from components.roles import make_role
from components.rules import Notice, publish_events
from components.security import finding_events
from components.topics import MadeTopic, make_topic
from landfall.blueprint.security import findings_key, forward_role
from landfall.blueprint.topics import event_topic


class FindingsArgs(TypedDict):
    """The arguments of the notifications."""

    account_id: pulumi.Input[str]
    """The delegated administrator account."""
    region: str
    """The region of the topic, and of Security Hub's aggregation."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    other_regions: NotRequired[list[str]]
    """Further regions of GuardDuty."""
    topic_name: str
    """The topic's name."""
    kinds: list[str]
    """The kinds: `security-hub`, `guardduty`, `non-compliance`, `root-use`, `trail-changes`."""
    severity: str
    """The lowest severity: `low`, `medium`, `high` or `critical`."""
    highest: NotRequired[str]
    """The highest severity. Default: `critical`."""
    emails: NotRequired[list[str]]
    """E-mail addresses to notify; each confirms its subscription once."""


class Findings(pulumi.ComponentResource):
    """The findings topic, and the rules that publish to it."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: FindingsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:Findings", name, None, opts)
        self._name, self._args = name, args
        inputs = self._inputs = Inputs()
        self._place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        topic = self._topic()
        reported = "guardduty" in args["kinds"]
        for kind in args["kinds"]:
            pattern = finding_events.pattern(
                kind,
                args["severity"],
                guardduty_tells=reported,
                highest=args.get("highest", "critical"),
            )
            message, rule = finding_events.message(kind), self._rule_name(kind)
            notice = Notice(rule, f"Tells people: {kind}", pattern, message)
            publish_events(self, f"{name}-{kind}", notice, topic)
        if finding_events.of_guardduty(args["kinds"]) and args.get("other_regions"):
            self._forward()
        self.topic_arn = topic.topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _topic(self) -> MadeTopic:
        """Make the topic and its key."""
        args, place, inputs = self._args, self._place, self._inputs
        name, rules = args["topic_name"], [self._rule_name(kind) for kind in args["kinds"]]
        key = make_key(self._name, findings_key(place, name), inputs, place.region, self._child)
        topic = event_topic(place, name, inputs.text(key.arn), rules, args.get("emails", []))
        return make_topic(self._name, topic, inputs, place.region, self._child)

    def _rule_name(self, kind: str) -> str:
        return f"{self._args['topic_name']}-{kind}"

    def _forward(self) -> None:
        """Forward findings of the other regions to the home region's event bus.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
        """
        args, name, place, inputs = self._args, self._name, self._place, self._inputs
        others = args.get("other_regions", [])
        role = forward_role(place, args["topic_name"], others)
        made = make_role(f"{name}-forward", role, inputs, self._child)
        for region in others:
            rule = aws.cloudwatch.EventRule(
                f"{name}-{region}-forward",
                name=self._rule_name("forward"),
                description="Hands findings on",
                event_pattern=finding_events.forwarded(),
                region=region,
                opts=self._child,
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{region}-forward",
                rule=rule.name,
                target_id="home-region",
                arn=inputs.output(place.arn("events", "event-bus/default")),
                role_arn=made.role.arn,
                region=region,
                opts=self._child,
            )

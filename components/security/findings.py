"""Tells people of what the security services find, by an encrypted topic.

One rule of EventBridge for each kind, in the home region; other regions hand GuardDuty's findings
on to it.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.artifacts import KEY_ADMINISTRATION
from components.documents import document, statement
from components.inputs import Inputs
from components.roles import make_role
from components.security import finding_events
from landfall.blueprint.security import forward_role

_ALIAS = "landfall/findings"


class FindingsArgs(TypedDict):
    """Who is told of what."""

    account_id: pulumi.Input[str]
    """The account that administers the services."""
    region: str
    """The region of the topic, which Security Hub's findings come together in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    other_regions: NotRequired[list[str]]
    """Further regions of GuardDuty."""
    topic_name: str
    """The topic's name."""
    kinds: list[str]
    """What is told: `security-hub`, `guardduty`, `non-compliance`, `root-use`, `trail-changes`."""
    severity: str
    """The least severity: `low`, `medium`, `high` or `critical`."""
    emails: NotRequired[list[str]]
    """Who is told; each confirms its subscription once."""


class Findings(pulumi.ComponentResource):
    """A topic of findings, and the rules that publish to it."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: FindingsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:Findings", name, None, opts)
        self._name, self._args = name, args
        topic, policy = self._topic(self._key())
        tells = "guardduty" in args["kinds"]
        for kind in args["kinds"]:
            words = finding_events.pattern(kind, args["severity"], guardduty_tells=tells)
            rule = self._rule(kind, f"Tells people: {kind}", words, args["region"])
            aws.cloudwatch.EventTarget(
                f"{name}-{kind}",
                rule=rule.name,
                target_id="topic",
                arn=topic.arn,
                input_transformer=finding_events.message(kind),
                region=args["region"],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
            )
        if finding_events.of_guardduty(args["kinds"]) and args.get("other_regions"):
            self._forward()
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _arn(self, service: str, resource: str, region: str | None = None) -> pulumi.Output[str]:
        args = self._args
        return output_arn(
            args.get("partition", "aws"),
            service,
            resource,
            region=args["region"] if region is None else region,
            account=args["account_id"],
        )

    def _key(self) -> aws.kms.Key:
        """Make the key of the topic.

        Its policy names the topic and not the rules: with a condition on them nothing would be
        delivered. The topic's own policy names them.
        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        """
        args = self._args
        topic = self._arn("sns", args["topic_name"])
        key = aws.kms.Key(
            self._name,
            description="Topic of findings",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(
                [
                    statement(
                        "AdministrationByThisAccount",
                        actions=KEY_ADMINISTRATION,
                        resources=["*"],
                        principals={"AWS": self._arn("iam", "root", "")},
                    ),
                    statement(
                        "EventsToTheTopic",
                        actions=["kms:Decrypt", "kms:GenerateDataKey"],
                        resources=["*"],
                        principals={"Service": ["events.amazonaws.com"]},
                        conditions={
                            "ArnEquals": {"kms:EncryptionContext:aws:sns:topicArn": [topic]}
                        },
                    ),
                ]
            ),
            tags={"Name": _ALIAS},
            region=args["region"],
            opts=self._child,
        )
        aws.kms.Alias(
            self._name,
            name=f"alias/{_ALIAS}",
            target_key_id=key.key_id,
            region=args["region"],
            opts=self._child,
        )
        return key

    def _topic(self, key: aws.kms.Key) -> tuple[aws.sns.Topic, aws.sns.TopicPolicy]:
        args, region = self._args, self._args["region"]
        topic = aws.sns.Topic(
            self._name,
            name=args["topic_name"],
            kms_master_key_id=key.arn,
            region=region,
            opts=self._child,
        )
        rules = [self._arn("events", f"rule/{self._rule_name(kind)}") for kind in args["kinds"]]
        publish = statement(
            "Events",
            actions=["sns:Publish"],
            resources=[topic.arn],
            principals={"Service": ["events.amazonaws.com"]},
            conditions={"ArnEquals": {"aws:SourceArn": rules}},
        )
        policy = aws.sns.TopicPolicy(
            self._name, arn=topic.arn, policy=document([publish]), region=region, opts=self._child
        )
        for email in args.get("emails", []):
            aws.sns.TopicSubscription(
                f"{self._name}-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                region=region,
                opts=self._child,
            )
        return topic, policy

    def _rule_name(self, kind: str) -> str:
        return f"{self._args['topic_name']}-{kind}"

    def _rule(self, kind: str, words: str, pattern: str, region: str) -> aws.cloudwatch.EventRule:
        suffix = kind if region == self._args["region"] else f"{region}-{kind}"
        return aws.cloudwatch.EventRule(
            f"{self._name}-{suffix}",
            name=self._rule_name(kind),
            description=words,
            event_pattern=pattern,
            region=region,
            opts=self._child,
        )

    def _forward(self) -> None:
        """Hand findings of the other regions on to the home region's bus.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
        """
        args, name = self._args, self._name
        bus, others = self._arn("events", "event-bus/default"), args.get("other_regions", [])
        inputs = Inputs()
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        role = forward_role(place, args["topic_name"], others)
        made = make_role(f"{name}-forward", role, inputs, self._child)
        for region in others:
            rule = self._rule("forward", "Hands findings on", finding_events.forwarded(), region)
            aws.cloudwatch.EventTarget(
                f"{name}-{region}-forward",
                rule=rule.name,
                target_id="home-region",
                arn=bus,
                role_arn=made.role.arn,
                region=region,
                opts=self._child,
            )

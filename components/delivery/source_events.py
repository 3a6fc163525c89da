"""Events of CodeCommit repositories of other accounts, on an event bus of the pipelines' account.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

import json
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from components.rules import Sent, send_events
from landfall.blueprint import foreign_repositories
from landfall.settings import naming


class SourceBusArgs(TypedDict):
    """The arguments of the event bus."""

    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization of the roles that send to it."""
    sender_role_arns: list[pulumi.Input[str]]
    """The roles that send to it."""


class SourceBus(pulumi.ComponentResource):
    """An event bus to which listed roles of other accounts send events, and nobody else."""

    bus_name: pulumi.Output[str]
    bus_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SourceBusArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:SourceBus", name, None, opts)
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        bus = aws.cloudwatch.EventBus(
            name,
            name=naming.SOURCE_EVENTS,
            description="Events of repositories of other accounts",
            region=args["region"],
            opts=child,
        )
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        statements = foreign_repositories.bus_policy(
            inputs.texts(args["sender_role_arns"]),
            inputs.text(args["organization_id"]),
            place.arn("events", foreign_repositories.BUS),
        )
        aws.cloudwatch.EventBusPolicy(
            name,
            event_bus_name=bus.name,
            policy=inputs.document(statements),
            region=args["region"],
            opts=child,
        )
        self.bus_name, self.bus_arn = bus.name, bus.arn
        self.register_outputs({"bus_name": self.bus_name, "bus_arn": self.bus_arn})


class SourceEventsArgs(TypedDict):
    """The arguments of what sends the events of an account's repositories."""

    account_id: pulumi.Input[str]
    """The account of the repositories."""
    region: str
    """Their region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    repositories: list[str]
    """Their names."""
    bus_arn: pulumi.Input[str]
    """The event bus of the pipelines' account."""


class SourceEvents(pulumi.ComponentResource):
    """Rules that send the events of an account's repositories to the bus of their pipelines."""

    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SourceEventsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:SourceEvents", name, None, opts)
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        role = foreign_repositories.sender(
            place, args["repositories"], inputs.text(args["bus_arn"])
        )
        made = make_role(name, role, inputs, child)
        for repository in args["repositories"]:
            pattern = foreign_repositories.events_of(place.arn("codecommit", repository))
            sent = Sent(
                naming.source_events(repository),
                f"Sends events of repository {repository} to its pipelines",
                inputs.output(pattern).apply(json.dumps),
                args["bus_arn"],
            )
            send_events(self, f"{name}-{repository}", sent, made, args["region"])
        self.role_arn = made.role.arn
        self.register_outputs({"role_arn": self.role_arn})

"""Cross-account observability of CloudWatch: the sinks of one account, the links of the others.

Copies nothing: the monitoring account reads the data where it is. Log groups and metrics stay in
their accounts, with their retention and their cost.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.monitoring import LABEL, SINK, sink_policy


class MonitoringSinksArgs(TypedDict):
    """The arguments of the sinks."""

    regions: list[str]
    """The regions with a sink."""
    organization_id: pulumi.Input[str]
    """The organization (`o-…`) whose accounts may link."""
    resource_types: list[str]
    """The types that they may share, as in `AWS::Logs::LogGroup`."""


class MonitoringSinks(pulumi.ComponentResource):
    """A sink in each region of the monitoring account; `arns` has them by region."""

    def __init__(
        self, name: str, args: MonitoringSinksArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:monitoring:MonitoringSinks", name, None, opts)
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        document = inputs.document(
            sink_policy(inputs.text(args["organization_id"]), args["resource_types"])
        )
        self.arns: dict[str, pulumi.Output[str]] = {}
        for region in args["regions"]:
            made = f"{name}-{region}"
            sink = aws.oam.Sink(made, name=SINK, region=region, opts=child)
            policy = aws.oam.SinkPolicy(
                made, sink_identifier=sink.arn, policy=document, region=region, opts=child
            )
            # Through the policy, so that links are created after it.
            self.arns[region] = policy.sink_identifier
        self.register_outputs({})


class MonitoringLinksArgs(TypedDict):
    """The arguments of the links of one account."""

    sink_arns: dict[str, pulumi.Input[str]]
    """The monitoring account's sink, by region."""
    resource_types: list[str]
    """The types that the account shares."""


class MonitoringLinks(pulumi.ComponentResource):
    """The links of one account, one in each region with a sink."""

    def __init__(
        self, name: str, args: MonitoringLinksArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:monitoring:MonitoringLinks", name, None, opts)
        for region, sink in args["sink_arns"].items():
            aws.oam.Link(
                f"{name}-{region}",
                label_template=LABEL,
                resource_types=args["resource_types"],
                sink_identifier=sink,
                region=region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

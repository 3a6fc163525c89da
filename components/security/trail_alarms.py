"""Alarms on events of the organization's trail: metric filters of its log group, and a topic.

In the management account, where the log group is. A filter counts events; its alarm publishes to an
encrypted topic.
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.keys import make_key
from components.topics import make_topic
from landfall.blueprint.trail_alarms import NAMESPACE, alarm_name, alarms_key, alarms_topic


class TrailAlarmArgs(TypedDict):
    """One alarm."""

    pattern: str
    """The events, as a filter pattern of CloudWatch Logs."""
    threshold: NotRequired[int]
    """The number of events in five minutes from which it is in alarm. Default: 1."""


class TrailAlarmsArgs(TypedDict):
    """The arguments of the alarms."""

    account_id: pulumi.Input[str]
    """The management account."""
    region: str
    """The home region of the trail."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    log_group_name: pulumi.Input[str]
    """The trail's log group."""
    alarms: dict[str, TrailAlarmArgs]
    """The alarms by kind."""
    emails: list[str]
    """E-mail addresses to notify; each confirms its subscription once."""


class TrailAlarms(pulumi.ComponentResource):
    """The metric filters, the alarms and their topic."""

    topic_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: TrailAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:TrailAlarms", name, None, opts)
        inputs, region = Inputs(), args["region"]
        place = inputs.place(args.get("partition", "aws"), region, args["account_id"])
        child = pulumi.ResourceOptions(parent=self)
        key = make_key(name, alarms_key(place), inputs, region, child)
        topic = make_topic(
            name,
            alarms_topic(place, inputs.text(key.arn), [*args["alarms"]], args["emails"]),
            inputs,
            region,
            child,
        )
        for kind, alarm in args["alarms"].items():
            metric = alarm_name(kind)
            counts = aws.cloudwatch.LogMetricFilter(
                f"{name}-{kind}",
                name=metric,
                log_group_name=args["log_group_name"],
                pattern=alarm["pattern"],
                metric_transformation={
                    "name": metric,
                    "namespace": NAMESPACE,
                    "value": "1",
                },
                region=region,
                opts=child,
            )
            aws.cloudwatch.MetricAlarm(
                f"{name}-{kind}",
                name=metric,
                alarm_description=f"Events of the organization's trail: {kind}",
                namespace=NAMESPACE,
                metric_name=metric,
                statistic="Sum",
                threshold=alarm.get("threshold", 1),
                comparison_operator="GreaterThanOrEqualToThreshold",
                period=300,
                evaluation_periods=1,
                treat_missing_data="notBreaching",
                alarm_actions=[topic.topic.arn],
                region=region,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[counts, *topic.ready]),
            )
        self.topic_arn = topic.topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

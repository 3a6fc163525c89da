"""Alarms, dashboard and notifications of one application in the delivery account.

Alarms on its pipelines and builds, a dashboard, and a topic to which EventBridge, alarms and
notification rules publish. The alarms of deployments are in the target accounts
(`components.delivery.deployments.health`), and publish to the same topic.
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.delivery import chat, dashboard, events
from components.delivery.chat import ChatArgs
from components.inputs import Inputs
from components.rules import Notice, publish_events, publish_to
from components.topics import MadeTopic, make_topic
from landfall.blueprint.topics import (
    ApplicationTopic,
    application_topic,
    event_topic,
    pipeline_alarms,
)
from landfall.settings import naming

REPOSITORY_EVENTS = (
    "codecommit-repository-approvals-rule-override",
    "codecommit-repository-approvals-status-changed",
    "codecommit-repository-pull-request-created",
    "codecommit-repository-pull-request-merged",
)


class WatchedPipelineArgs(TypedDict):
    """One monitored pipeline."""

    name: str
    """The name of the pipeline and of its build project."""
    build_minutes: NotRequired[int]
    """A longer build raises an alarm. Default: the pipeline has no build."""


class ObservabilityArgs(TypedDict):
    """The arguments of an application's observability."""

    application: str
    """The application's name."""
    account_id: pulumi.Input[str]
    """The delivery account."""
    region: str
    """The region of the pipelines."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    pipelines: list[WatchedPipelineArgs]
    """The application's pipelines."""
    health_alarm_arns: NotRequired[list[pulumi.Input[str]]]
    """Alarms of deployments, in any account and region."""
    topic_name: NotRequired[str]
    """The topic's name. Default: no notifications."""
    key_arn: NotRequired[pulumi.Input[str]]
    """The key that encrypts the topic."""
    emails: NotRequired[list[str]]
    """E-mail addresses that subscribe to the topic; each must confirm."""
    chat: NotRequired[ChatArgs]
    """Chat channels to notify, through a separate topic."""
    events: NotRequired[list[str]]
    """The events: `failed`, `succeeded`, `approval`, `build-failed`, `rollback`."""
    repository_arn: NotRequired[pulumi.Input[str]]
    """A CodeCommit repository whose pull requests are also notified."""


class Observability(pulumi.ComponentResource):
    """Alarms, dashboard and notifications of one application."""

    topic_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Observability", name, None, opts)
        self._name, self._args = name, args
        inputs = self._inputs = Inputs()
        self._place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        self._key_arn = inputs.text(args["key_arn"]) if "key_arn" in args else None
        topic = self._topic()
        self.topic_arn = topic.arn if topic else None
        alarms = [alarm for each in args["pipelines"] for alarm in self._alarms(each, topic)]
        pulumi.Output.all(*(alarm.arn for alarm in alarms))
        self._dashboard()
        self.register_outputs({"topic_arn": self.topic_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _alarm_arns(self) -> list[pulumi.Input[str]]:
        own: list[pulumi.Input[str]] = [
            self._inputs.output(self._place.arn("cloudwatch", f"alarm:{alarm}"))
            for each in self._args["pipelines"]
            for alarm in pipeline_alarms(each["name"], builds="build_minutes" in each)
        ]
        return [*own, *self._args.get("health_alarm_arns", [])]

    def _alarms(
        self, pipeline: WatchedPipelineArgs, topic: aws.sns.Topic | None
    ) -> Sequence[aws.cloudwatch.MetricAlarm]:
        told = set(self._args.get("events", []))
        name = pipeline["name"]
        builds, runs = {"ProjectName": name}, {"PipelineName": name}
        failed = self._alarm(
            f"{name}-failed",
            f"Executions of pipeline {name} fail",
            ("AWS/CodePipeline", "FailedPipelineExecutions", "Sum", 1, runs),
            # An event already notifies of it, and sooner.
            None if "failed" in told else topic,
        )
        if "build_minutes" not in pipeline:
            return [failed]
        return [
            failed,
            self._alarm(
                f"{name}-build-failed",
                f"Builds of {name} fail",
                ("AWS/CodeBuild", "FailedBuilds", "Sum", 1, builds),
                None if {"failed", "build-failed"} & told else topic,
            ),
            self._alarm(
                f"{name}-build-slow",
                f"Builds of {name} take over {pipeline['build_minutes']} minutes",
                (
                    "AWS/CodeBuild",
                    "Duration",
                    "Maximum",
                    60 * pipeline["build_minutes"],
                    builds,
                ),
                topic,
            ),
        ]

    def _alarm(
        self,
        name: str,
        description: str,
        metric: tuple[str, str, str, int, dict[str, str]],
        topic: aws.sns.Topic | None,
    ) -> aws.cloudwatch.MetricAlarm:
        namespace, metric_name, statistic, threshold, dimensions = metric
        return aws.cloudwatch.MetricAlarm(
            name,
            name=name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric_name,
            statistic=statistic,
            dimensions=dimensions,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            period=300,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.arn] if topic else [],
            region=self._args["region"],
            opts=self._child,
        )

    def _dashboard(self) -> None:
        args = self._args
        names = [each["name"] for each in args["pipelines"]]
        aws.cloudwatch.Dashboard(
            self._name,
            dashboard_name=naming.dashboard(args["application"]),
            dashboard_body=pulumi.Output.all(*self._alarm_arns()).apply(
                lambda arns: dashboard.body(args["application"], names, arns, args["region"])
            ),
            region=args["region"],
            opts=self._child,
        )

    def _topic(self) -> aws.sns.Topic | None:
        args = self._args
        if "topic_name" not in args:
            return None
        rules = {kind: f"{args['application']}-{kind}" for kind in args.get("events", [])}
        told = ApplicationTopic(
            args["topic_name"],
            self._key_arn,
            self._inputs.texts(self._alarm_arns()),
            list(rules.values()),
            pull_requests="repository_arn" in args,
            emails=args.get("emails", []),
        )
        topic = application_topic(self._place, told)
        made = make_topic(self._name, topic, self._inputs, args["region"], self._child)
        made_rules = {kind: self._rule(kind, rule, made) for kind, rule in rules.items()}
        if "chat" in args:
            self._chat(args["chat"], made.topic, made_rules)
        if "repository_arn" in args:
            aws.codestarnotifications.NotificationRule(
                self._name,
                name=f"{args['application']}-pull-requests",
                detail_type="BASIC",
                event_type_ids=list(REPOSITORY_EVENTS),
                resource=args["repository_arn"],
                targets=[{"type": "SNS", "address": made.topic.arn}],
                region=args["region"],
                # CodeStar Notifications tests the topic when the rule is created.
                opts=pulumi.ResourceOptions(parent=self, depends_on=made.ready),
            )
        return made.topic

    def _rule(self, kind: str, rule: str, topic: MadeTopic) -> aws.cloudwatch.EventRule:
        args = self._args
        pattern = events.pattern(kind, [each["name"] for each in args["pipelines"]])
        description = f"Tells of {args['application']}: {kind}"
        notice = Notice(rule, description, pattern, events.message(kind))
        return publish_events(self, f"{self._name}-{kind}", notice, topic)

    def _chat(
        self, settings: ChatArgs, topic: aws.sns.Topic, rules: dict[str, aws.cloudwatch.EventRule]
    ) -> None:
        """Notify channels of the same events; alarms reach them through the other topic."""
        args, name = self._args, f"{self._name}-chat"
        names = [f"{args['application']}-{kind}" for kind in rules]
        described = event_topic(self._place, settings["topic_name"], self._key_arn, names)
        own = make_topic(name, described, self._inputs, args["region"], self._child)
        for kind, rule in rules.items():
            message = events.chat_message(kind, args["application"])
            publish_to(self, f"{self._name}-{kind}-chat", rule, "chat", own, message)
        chat.make_channels(
            self,
            name,
            settings,
            [topic.arn, own.topic.arn],
            args["account_id"],
            args.get("partition", "aws"),
        )

"""What is watched of one application in the delivery account, and who is told.

Alarms on its pipelines and builds, a dashboard, and a topic to which EventBridge, alarms and
notification rules publish. The alarms on what is deployed stand where it runs
(`components.delivery.deployments.health`), and publish to the same topic.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.arns import output_arn
from components.delivery import chat, dashboard, events
from components.delivery.chat import ChatArgs
from components.documents import document, statement

REPOSITORY_EVENTS = (
    "codecommit-repository-approvals-rule-override",
    "codecommit-repository-approvals-status-changed",
    "codecommit-repository-pull-request-created",
    "codecommit-repository-pull-request-merged",
)


class WatchedPipelineArgs(TypedDict):
    """One pipeline that is watched."""

    name: str
    """The pipeline's name, and that of its build project."""
    build_minutes: int
    """A build that takes longer raises an alarm."""


class ObservabilityArgs(TypedDict):
    """What makes the observability of an application."""

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
    """Alarms on what is deployed, in any account and region."""
    topic_name: NotRequired[str]
    """The topic's name; nobody is told where left out."""
    key_arn: NotRequired[pulumi.Input[str]]
    """The key that the topic is encrypted with."""
    emails: NotRequired[list[str]]
    """E-mail addresses that subscribe to the topic, each after a confirmation."""
    chat: NotRequired[ChatArgs]
    """Channels that are told too, through a topic of their own beside the one of `topic_name`."""
    events: NotRequired[list[str]]
    """What is told: `failed`, `succeeded`, `approval`, `build-failed`, `rollback`."""
    repository_arn: NotRequired[pulumi.Input[str]]
    """A CodeCommit repository whose pull requests are told of too."""


class Observability(pulumi.ComponentResource):
    """Alarms, dashboard and notifications of one application."""

    topic_arn: pulumi.Output[str] | None

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Observability", name, None, opts)
        self._name, self._args = name, args
        topic = self._topic()
        self.topic_arn = topic.arn if topic else None
        alarms = [alarm for each in args["pipelines"] for alarm in self._alarms(each, topic)]
        pulumi.Output.all(*(alarm.arn for alarm in alarms))
        self._dashboard()
        self.register_outputs({"topic_arn": self.topic_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _arn(self, service: str, resource: str) -> pulumi.Output[str]:
        args = self._args
        return output_arn(
            args.get("partition", "aws"),
            service,
            resource,
            region=args["region"],
            account=args["account_id"],
        )

    def _alarm_arns(self) -> list[pulumi.Input[str]]:
        own = [
            self._arn("cloudwatch", f"alarm:{each['name']}-{what}")
            for each in self._args["pipelines"]
            for what in ("failed", "build-failed", "build-slow")
        ]
        return [*own, *self._args.get("health_alarm_arns", [])]

    def _alarms(
        self, pipeline: WatchedPipelineArgs, topic: aws.sns.Topic | None
    ) -> Sequence[aws.cloudwatch.MetricAlarm]:
        told = set(self._args.get("events", []))
        name = pipeline["name"]
        builds, runs = {"ProjectName": name}, {"PipelineName": name}
        return [
            self._alarm(
                f"{name}-failed",
                f"Executions of pipeline {name} fail",
                ("AWS/CodePipeline", "FailedPipelineExecutions", "Sum", 1, runs),
                # An event tells of it already, and sooner.
                None if "failed" in told else topic,
            ),
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
            dashboard_name=f"landfall-{args['application'].replace('.', '-')}",
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
        topic = aws.sns.Topic(
            self._name,
            name=args["topic_name"],
            kms_master_key_id=args.get("key_arn"),
            region=args["region"],
            opts=self._child,
        )
        rules = {kind: f"{args['application']}-{kind}" for kind in args.get("events", [])}
        policy = aws.sns.TopicPolicy(
            self._name,
            arn=topic.arn,
            policy=document(self._publishers(topic.arn, list(rules.values()))),
            region=args["region"],
            opts=self._child,
        )
        for email in args.get("emails", []):
            aws.sns.TopicSubscription(
                f"{self._name}-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                region=args["region"],
                opts=self._child,
            )
        made = {kind: self._rule(kind, rule, topic, policy) for kind, rule in rules.items()}
        if "chat" in args:
            self._chat(args["chat"], topic, made)
        if "repository_arn" in args:
            aws.codestarnotifications.NotificationRule(
                self._name,
                name=f"{args['application']}-pull-requests",
                detail_type="BASIC",
                event_type_ids=list(REPOSITORY_EVENTS),
                resource=args["repository_arn"],
                targets=[{"type": "SNS", "address": topic.arn}],
                region=args["region"],
                # CodeStar Notifications tries the topic when the rule is made.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
            )
        return topic

    def _rule(
        self, kind: str, rule_name: str, topic: aws.sns.Topic, policy: aws.sns.TopicPolicy
    ) -> aws.cloudwatch.EventRule:
        args = self._args
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{kind}",
            name=rule_name,
            description=f"Tells of {args['application']}: {kind}",
            event_pattern=events.pattern(kind, [each["name"] for each in args["pipelines"]]),
            region=args["region"],
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(
            f"{self._name}-{kind}",
            rule=rule.name,
            target_id="topic",
            arn=topic.arn,
            input_transformer=events.message(kind),
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        return rule

    def _chat(
        self, settings: ChatArgs, topic: aws.sns.Topic, rules: dict[str, aws.cloudwatch.EventRule]
    ) -> None:
        """Tell channels of the same; of alarms they hear through the topic of the others."""
        args = self._args
        arns = [self._arn("events", f"rule/{args['application']}-{kind}") for kind in rules]
        own, policy = chat.make_topic(
            self, f"{self._name}-chat", settings, args.get("key_arn"), arns, args["region"]
        )
        for kind, rule in rules.items():
            aws.cloudwatch.EventTarget(
                f"{self._name}-{kind}-chat",
                rule=rule.name,
                target_id="chat",
                arn=own.arn,
                input_transformer=events.chat_message(kind, args["application"]),
                region=args["region"],
                opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
            )
        chat.make_channels(
            self,
            f"{self._name}-chat",
            settings,
            [topic.arn, own.arn],
            args["account_id"],
            args.get("partition", "aws"),
        )

    def _publishers(
        self, topic_arn: pulumi.Input[str], rules: Sequence[str]
    ) -> list[dict[str, Any]]:
        args = self._args
        account = {"StringEquals": {"aws:SourceAccount": args["account_id"]}}
        statements = [
            _publish("Alarms", "cloudwatch", topic_arn, {"ArnEquals": self._alarm_sources()})
        ]
        if rules:
            sources = {"aws:SourceArn": [self._arn("events", f"rule/{rule}") for rule in rules]}
            statements.append(_publish("Events", "events", topic_arn, {"ArnEquals": sources}))
        if "repository_arn" in args:
            statements.append(
                _publish("PullRequests", "codestar-notifications", topic_arn, account)
            )
        return statements

    def _alarm_sources(self) -> dict[str, Any]:
        return {"aws:SourceArn": self._alarm_arns()}


def _publish(
    sid: str, service: str, topic_arn: pulumi.Input[str], conditions: dict[str, Any]
) -> dict[str, Any]:
    return statement(
        sid,
        actions=["sns:Publish"],
        resources=[topic_arn],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions=conditions,
    )

"""Encrypted topics: what publishes to a topic, and who gets it by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of SNS.

    Without `statements` only its own account's principals publish, as their policies allow.
    """

    name: str
    key_arn: str | None
    statements: Sequence[Statement] = ()
    emails: tuple[str, ...] = ()


def rule_events(place: Place, topic: str, rules: Sequence[str]) -> Statement:
    """Return the statement with which these rules of EventBridge publish to a topic."""
    arns = [place.arn("events", f"rule/{rule}") for rule in rules]
    return publish("Events", place, topic, "events", {"ArnEquals": {"aws:SourceArn": arns}})


def event_topic(
    place: Place, name: str, key_arn: str | None, rules: Sequence[str], emails: Sequence[str] = ()
) -> Topic:
    """Return a topic to which these rules of EventBridge publish, and nothing else."""
    return Topic(name, key_arn, [rule_events(place, name, rules)], tuple(emails))


def approval_topic(pipeline: str, key_arn: str, emails: Sequence[str]) -> Topic:
    """Return the topic that asks for approvals; the pipeline's role publishes to it."""
    return Topic(f"{pipeline}-approval", key_arn, emails=tuple(emails))


def pipeline_alarms(pipeline: str, *, builds: bool = True) -> list[str]:
    """Return the names of the alarms of a pipeline and its build, if it has one."""
    own = ("failed", "build-failed", "build-slow") if builds else ("failed",)
    return [f"{pipeline}-{what}" for what in own]


@dataclass(frozen=True, slots=True)
class ApplicationTopic:
    """What an application's topic is made from.

    `alarm_arns` are the alarms that publish to it, `rules` the rules of EventBridge;
    `pull_requests`: notifications of CodeCommit do too.
    """

    name: str
    key_arn: str | None
    alarm_arns: Sequence[str]
    rules: Sequence[str] = ()
    pull_requests: bool = False
    emails: Sequence[str] = ()


def application_topic(place: Place, told: ApplicationTopic) -> Topic:
    """Return the topic of an application."""
    alarms = {"ArnEquals": {"aws:SourceArn": list(told.alarm_arns)}}
    statements = [publish("Alarms", place, told.name, "cloudwatch", alarms)]
    if told.rules:
        statements.append(rule_events(place, told.name, told.rules))
    if told.pull_requests:
        account = {"StringEquals": {"aws:SourceAccount": place.account_id}}
        statements.append(
            publish("PullRequests", place, told.name, "codestar-notifications", account)
        )
    return Topic(told.name, told.key_arn, statements, tuple(told.emails))


def publish(
    sid: str, place: Place, topic: str, service: str, conditions: dict[str, Any]
) -> Statement:
    """Return the statement with which a service publishes to a topic."""
    return statement(
        sid,
        actions=["sns:Publish"],
        resources=[place.arn("sns", topic)],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions=conditions,
    )

"""Which pipelines a change of the sources starts in the sandbox, and why others do not start.

A connection's changes start what the pipelines' triggers say. Changes of CodeCommit and S3 are
events that the sandbox's EventBridge matches with its rules; schedules are its Scheduler's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.aws.arns import arn_of, bucket_arn
from landfall.problems import Problem, ProblemsError
from landfall.rehearsal import checkouts, triggers
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.sandbox import Sandbox
from landfall.rehearsal.triggers import Change, Kind
from landfall.rehearsal.work import Start

_ACCOUNT: Final = 4
_BRANCH: Final = "feature/rehearsal"
"""The branch of a pull request whose sources are in no checkout; reviews check its name."""
_WEBHOOK, _EVENT, _MANUAL = "WebhookV2", "CloudWatchEvent", "StartPipelineExecution"
"""What started an execution: CodePipeline API Reference, ExecutionTrigger."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a change starts a pipeline: with `start`, or not because of `why`.

    `by` is the rule or schedule that starts it; empty for a trigger.
    """

    pipeline: str
    start: Start | None = None
    why: str = ""
    by: str = ""

    def __str__(self) -> str:
        if self.start is None:
            return f"{self.pipeline} does not start: {self.why}"
        return f"{self.pipeline} starts" + (f", by {self.by}" if self.by else "")


def asked(
    push: str, tag: str, pull_request: str, schedule: bool, source: Path | None
) -> Change | None:
    """Return the change that a user asks for, of the checkout `source`; None if there is none.

    Raises:
        ProblemsError: more than one is asked for, or one without its sources.

    """
    named = {Kind.PUSH: push, Kind.TAG: tag, Kind.PULL_REQUEST: pull_request}
    kinds = [kind for kind, name in named.items() if name] + [Kind.SCHEDULE] * schedule
    options = "--push, --tag, --pull-request, --schedule"
    if len(kinds) > 1:
        raise _refused("a rehearsal begins with one change", f"choose one of {options}")
    if not kinds:
        return None
    (kind,) = kinds
    if kind is Kind.SCHEDULE:
        return Change(kind)
    if source is None or not source.is_dir():
        what = f"--{kind.value.replace(' ', '-')} has no sources"
        raise _refused(what, "write --source DIR, with the folder of the checkout")
    name = named[kind]
    base = name if kind is Kind.PULL_REQUEST else ""
    commit = checkouts.commit(source)
    try:
        changed = tuple(checkouts.changed(source, base))
    except checkouts.CheckoutError as error:
        fix = "repair the checkout, or give a folder without .git"
        raise _refused(str(error).rstrip("."), fix) from None
    return Change(
        kind,
        name,
        changed,
        name if kind is Kind.PUSH else checkouts.branch(source) or _BRANCH,
        commit.id if commit else hashlib.sha1(name.encode()).hexdigest(),  # noqa: S324
    )


def _refused(what: str, fix: str) -> ProblemsError:
    return ProblemsError([Problem(what, fix)], exit_status=2)


def decided(sandbox: Sandbox, pipelines: Sequence[Pipeline], change: Change) -> list[Decision]:
    """Return for each pipeline whether a change starts it."""
    return [_decision(sandbox, each, change) for each in pipelines]


def _decision(sandbox: Sandbox, pipeline: Pipeline, change: Change) -> Decision:
    name, structure = pipeline.name, pipeline.structure
    actions = structure["stages"][0]["actions"]
    providers = [each["actionTypeId"]["provider"] for each in actions]
    if change.kind is not Kind.SCHEDULE and triggers.CONNECTION in providers:
        why = triggers.refusal(structure, change)
        return Decision(name, None if why else Start(name, trigger=_WEBHOOK, change=change), why)
    found = list(_found(sandbox, pipeline, change))
    if change.kind is Kind.SCHEDULE:
        none, trigger = "it has no schedule", _MANUAL
    else:
        none, trigger = "no rule of EventBridge starts it at this change", _EVENT
    refused = [each["why"] for each in found if each["why"]]
    for each in found:
        if not each["why"]:
            start = Start(name, _revisions(each["input"]), trigger=trigger, change=change)
            return Decision(name, start, by=each["by"].rpartition(":")[2])
    return Decision(name, why=refused[0] if refused else none)


def _found(sandbox: Sandbox, pipeline: Pipeline, change: Change) -> Iterator[Mapping[str, Any]]:
    """Yield what asks for the start of a pipeline, and what is refused on the way to it."""
    own = arn_of(
        sandbox.partition,
        "codepipeline",
        pipeline.name,
        region=pipeline.region,
        account=pipeline.account,
    )
    if change.kind is Kind.SCHEDULE:
        yield from sandbox.tell(
            "schedules", account=pipeline.account, region=pipeline.region, pipeline=own
        )
        return
    for action in pipeline.structure["stages"][0]["actions"]:
        for event in _events(sandbox, pipeline, action, change):
            for each in sandbox.tell("event", region=pipeline.region, **event):
                # A refusal on the way to a bus stops the event of every pipeline behind it.
                if each["pipeline"] in (own, ""):
                    yield each


def _events(
    sandbox: Sandbox, pipeline: Pipeline, action: Mapping[str, Any], change: Change
) -> Iterator[dict[str, Any]]:
    provider, configuration = action["actionTypeId"]["provider"], action["configuration"]
    if provider == "CodeCommit":
        role = action.get("roleArn")
        account = str(role).split(":")[_ACCOUNT] if role else pipeline.account
        yield _of_repository(sandbox, pipeline, account, configuration["RepositoryName"], change)
    if provider == "S3" and change.kind is Kind.PUSH:
        bucket, key = configuration["S3Bucket"], configuration["S3ObjectKey"]
        if _sends_events(sandbox, pipeline, bucket):
            detail = {"bucket": {"name": bucket}, "object": {"key": key}, "reason": "PutObject"}
            arn = bucket_arn(sandbox.partition, bucket)
            yield _event(pipeline.account, "Object Created", detail, arn)


def _of_repository(
    sandbox: Sandbox, pipeline: Pipeline, account: str, repository: str, change: Change
) -> dict[str, Any]:
    """https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html."""
    arn = arn_of(
        sandbox.partition, "codecommit", repository, region=pipeline.region, account=account
    )
    if change.kind is Kind.PULL_REQUEST:
        detail = {
            "event": "pullRequestCreated",
            "repositoryNames": [repository],
            "destinationReference": f"refs/heads/{change.name}",
            "sourceReference": f"refs/heads/{change.branch}",
            "sourceCommit": change.commit,
            "pullRequestStatus": "Open",
        }
        return _event(account, "CodeCommit Pull Request State Change", detail, arn)
    kind = "tag" if change.kind is Kind.TAG else "branch"
    detail = {
        "event": "referenceCreated" if kind == "tag" else "referenceUpdated",
        "repositoryName": repository,
        "referenceType": kind,
        "referenceName": change.name,
        "referenceFullName": f"refs/{'tags' if kind == 'tag' else 'heads'}/{change.name}",
        "commitId": change.commit,
    }
    return _event(account, "CodeCommit Repository State Change", detail, arn)


def _event(account: str, detail_type: str, detail: Mapping[str, Any], arn: str) -> dict[str, Any]:
    return {"account": account, "detail_type": detail_type, "detail": detail, "arn": arn}


def _sends_events(sandbox: Sandbox, pipeline: Pipeline, bucket: str) -> bool:
    """Return whether a bucket sends its events to EventBridge, as its configuration says.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
    """
    entered = sandbox.entered(pipeline.account, pipeline.region)
    client = sandbox.client("s3", pipeline.region, entered)
    try:
        found = client.get_bucket_notification_configuration(Bucket=bucket)
    except ClientError:
        return False
    return "EventBridgeConfiguration" in found


def _revisions(text: str) -> Sequence[Mapping[str, str]]:
    """Return the source revisions that a rule's input names: a whole event has none."""
    try:
        found = json.loads(text)
    except ValueError:
        return ()
    revisions: list[Mapping[str, str]] = (
        found.get("sourceRevisions", []) if isinstance(found, dict) else []
    )
    return revisions

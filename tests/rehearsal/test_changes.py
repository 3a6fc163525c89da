"""Which pipelines of a sandbox a change starts, by its rules, schedules and roles."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.rehearsal import changes, checkouts, rehearsing
from landfall.rehearsal.changes import Decision
from landfall.rehearsal.course import Course
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.triggers import Change, Kind
from landfall.rehearsal.work import Options
from tests.rehearsal.conftest import EXAMPLE
from tests.rehearsal.small import PIPELINE, Small, action, allowed
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox, trust

REPOSITORY = f"arn:aws:codecommit:{REGION}:{MANAGEMENT}:greeter"
STARTED = f"arn:aws:codepipeline:{REGION}:{MANAGEMENT}:{PIPELINE}"
MAY_START = allowed("codepipeline:StartPipelineExecution", on=STARTED)


def grant(server: Sandbox, *statements: dict[str, Any]) -> None:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    server.client("iam").put_role_policy(
        RoleName="starter", PolicyName="own", PolicyDocument=json.dumps(document)
    )


@pytest.fixture(scope="module")
def rules(server: Sandbox, pipeline: Small) -> Iterator[Small]:
    """A pipeline of a CodeCommit repository, with rules and a schedule as AWS's pages have them."""
    whole = pipeline.structure
    source = action(
        "Source",
        "Source",
        "CodeCommit",
        outputArtifacts=[{"name": "Source"}],
        configuration={
            "RepositoryName": "greeter",
            "BranchName": "main",
            "PollForSourceChanges": "false",
        },
    )
    stages = [{"name": "Source", "actions": [source]}, *whole["stages"][1:]]
    pipeline.change({**whole, "stages": stages})
    pipeline.policies["pipeline"].append(
        allowed("codecommit:GetBranch", "codecommit:GetCommit", on=REPOSITORY)
    )
    pipeline.policies["pipeline"].append(
        allowed(
            "codecommit:UploadArchive",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:GetRepository",
            "codecommit:CancelUploadArchive",
            on=REPOSITORY,
        )
    )
    pipeline.grant("pipeline")
    trusted = trust(service="events.amazonaws.com")
    both = json.dumps(["events.amazonaws.com", "scheduler.amazonaws.com"])
    role = server.client("iam").create_role(
        RoleName="starter",
        AssumeRolePolicyDocument=trusted.replace('"events.amazonaws.com"', both),
    )["Role"]["Arn"]
    grant(server, MAY_START)
    pushed = {
        "event": ["referenceCreated", "referenceUpdated"],
        "referenceType": ["branch"],
        "referenceName": ["main", {"wildcard": "release/*"}],
    }
    pattern = {"source": ["aws.codecommit"], "resources": [REPOSITORY], "detail": pushed}
    events = server.client("events")
    events.put_rule(Name="start", EventPattern=json.dumps(pattern))
    target = {"Id": "pipeline", "Arn": STARTED, "RoleArn": role}
    events.put_targets(Rule="start", Targets=[target])
    server.client("scheduler").create_schedule(
        Name="nightly",
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": STARTED, "RoleArn": role},
    )
    yield pipeline
    pipeline.change(whole)


def read(server: Sandbox) -> tuple[Rehearsed, list[Pipeline]]:
    sandbox = Rehearsed(server.url, MANAGEMENT)
    return sandbox, rehearsing.read(sandbox, [PIPELINE], MANAGEMENT, REGION)


def decided(server: Sandbox, change: Change) -> Decision:
    sandbox, pipelines = read(server)
    (found,) = changes.decided(sandbox, pipelines, change)
    return found


def test_push_really_starts_what_a_rule_says(server: Sandbox, rules: Small) -> None:
    change = Change(Kind.PUSH, "release/1", ("handler.py",), "release/1", "a" * 40)
    found = decided(server, change)
    assert (str(found), found.why) == (f"{PIPELINE} starts, by rule/start", "")
    assert found.start is not None
    sandbox, pipelines = read(server)
    course, options = Course(), Options(source=EXAMPLE, until="Source")
    rehearsing.rehearse(sandbox, pipelines, options, course, {PIPELINE: found.start})
    assert [each.status for each in course.ends] == ["Stopped"], course.entries
    client = rules.aws("codepipeline")
    listed = client.list_pipeline_executions(pipelineName=PIPELINE)["pipelineExecutionSummaries"]
    assert listed[0]["trigger"]["triggerType"] == "CloudWatchEvent"


@pytest.mark.parametrize(
    "change",
    [
        Change(Kind.PUSH, "feature", (), "feature", "a" * 40),
        Change(Kind.TAG, "main", (), "", "a" * 40),
        Change(Kind.PULL_REQUEST, "main", (), "feature", "a" * 40),
    ],
    ids=str,
)
def test_change_that_no_rule_matches_starts_nothing(
    server: Sandbox, rules: Small, change: Change
) -> None:
    found = decided(server, change)
    assert (found.start, found.why) == (None, "no rule of EventBridge starts it at this change")


@pytest.mark.parametrize("change", [Change(Kind.PUSH, "main"), Change(Kind.SCHEDULE)], ids=str)
def test_rule_and_schedule_start_nothing_without_their_permission(
    server: Sandbox, rules: Small, change: Change
) -> None:
    assert decided(server, change).start is not None
    grant(server, allowed("codepipeline:GetPipeline", on=STARTED))
    found = decided(server, change)
    grant(server, MAY_START)
    assert found.start is None
    assert "starter/start is not authorized to perform: codepipeline:Start" in found.why
    assert STARTED in found.why


def test_disabled_rule_starts_nothing(server: Sandbox, rules: Small) -> None:
    events = server.client("events")
    events.disable_rule(Name="start")
    found = decided(server, Change(Kind.PUSH, "main"))
    events.enable_rule(Name="start")
    assert found.start is None
    assert decided(server, Change(Kind.PUSH, "main")).start is not None


def test_changed_files_are_those_of_the_last_commit_and_of_the_pull_request(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "-C", str(tmp_path), *own, *arguments], check=True)

    (tmp_path / "a").write_text("1")
    assert checkouts.changed(tmp_path) == ["a"]
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "1")
    assert checkouts.changed(tmp_path) == ["a"]
    git("checkout", "-qb", "feature")
    for name in ("b", "c"):
        (tmp_path / name).write_text("1")
        git("add", "-A")
        git("commit", "-qm", name)
    assert checkouts.changed(tmp_path) == ["c"]
    assert checkouts.changed(tmp_path, "main") == ["b", "c"]
    (tmp_path / "new").write_text("1")
    assert checkouts.changed(tmp_path) == ["c", "new"]
    found = changes.asked("", "", "main", False, tmp_path)
    assert found is not None
    assert (found.branch, found.paths) == ("feature", ("b", "c", "new"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("main", "v1", "", False), "a rehearsal begins with one change"),
        (("main", "", "", False), "--push has no sources"),
        (("", "", "main", False), "--pull-request has no sources"),
    ],
)
def test_change_that_cannot_be_rehearsed_is_refused(
    options: tuple[str, str, str, bool], said: str
) -> None:
    with pytest.raises(ProblemsError, match=said):
        changes.asked(*options, None)

"""A pipeline of a Lambda function: releases, and faults after which the earlier one is live."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from landfall.rehearsal.course import Course, Entry
from tests.rehearsal.conftest import Rehearse, change
from tests.rehearsal.small import ALARM, BUCKET, PIPELINE, SLOW, Small

pytestmark = pytest.mark.skipif(
    shutil.which("aws") is None, reason="the example's tests use the AWS CLI"
)

FIRST = {"message": "Hello, world!", "release": 1}


def failed(course: Course) -> Entry:
    """Return the one action or condition that failed."""
    (found,) = [each for each in course.entries if each.status == "Failed"]
    return found


def rolled_back(course: Course) -> bool:
    """Return whether the failed execution was followed by a rollback that succeeded."""
    statuses = [(each.status, bool(each.back_to)) for each in course.ends]
    return statuses == [("Failed", False), ("Succeeded", True)]


def test_first_release_goes_live_with_its_artifact(pipeline: Small, first: Course) -> None:
    assert [each.status for each in first.ends] == ["Succeeded"]
    assert pipeline.invoke() == FIRST
    alias = pipeline.aws("lambda").get_alias(FunctionName="greeter", Name="live")
    assert alias["FunctionVersion"] == "2"
    assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    (*_, built) = [
        each["output"]["outputArtifacts"][0]["s3location"]
        for each in _actions(pipeline, first)
        if each["actionName"] == "Build"
    ]
    body = pipeline.aws("s3").get_object(Bucket=BUCKET, Key=built["key"])
    assert (body["ServerSideEncryption"], body["SSEKMSKeyId"]) == ("aws:kms", pipeline.key)
    names = zipfile.ZipFile(io.BytesIO(body["Body"].read())).namelist()
    assert names == ["greeting.py", "handler.py"]


def _actions(pipeline: Small, course: Course) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pipeline.aws("codepipeline").list_action_executions(
        pipelineName=PIPELINE, filter={"pipelineExecutionId": course.ends[0].execution}
    )["actionExecutionDetails"]
    return found


def test_course_stands_in_the_apis_of_codepipeline_and_codebuild(
    pipeline: Small, first: Course
) -> None:
    details = _actions(pipeline, first)
    assert [each["actionName"] for each in details][::-1] == [
        "Source",
        "Unit",
        "Build",
        "Approve",
        "Deploy",
        "Integration",
        "EndToEnd",
    ]
    assert {each["status"] for each in details} == {"Succeeded"}
    client = pipeline.aws("codepipeline")
    (newest, *_) = client.list_pipeline_executions(pipelineName=PIPELINE)[
        "pipelineExecutionSummaries"
    ]
    assert newest["pipelineExecutionId"] == first.ends[0].execution
    assert newest["sourceRevisions"][0]["actionName"] == "Source"
    unit = next(each for each in details if each["actionName"] == "Unit")
    identity = unit["output"]["executionResult"]["externalExecutionId"]
    (build,) = pipeline.aws("codebuild").batch_get_builds(ids=[identity])["builds"]
    assert build["buildStatus"] == "SUCCEEDED"
    assert [each["phaseType"] for each in build["phases"]][-3:] == [
        "POST_BUILD",
        "UPLOAD_ARTIFACTS",
        "COMPLETED",
    ]
    events = pipeline.aws("logs").get_log_events(
        logGroupName="/builds", logStreamName=build["logs"]["streamName"]
    )["events"]
    assert any("OK" in each["message"] for each in events)


def test_failing_unit_test_stops_before_the_build(
    pipeline: Small, rehearse: Rehearse, sources: Path
) -> None:
    change(sources / "greeting.py", "Hello, {name}!", "Hi, {name}!")
    pipeline.messages()
    course = rehearse()
    assert failed(course).action == "Unit"
    assert "AssertionError" in failed(course).message
    build, _ = pipeline.messages()
    assert build.endswith('of greeter-unit ended as FAILED."')
    state = pipeline.aws("codepipeline").get_pipeline_state(name=PIPELINE)["stageStates"]
    assert [each["latestExecution"]["status"] for each in state[:2]] == ["Succeeded", "Failed"]
    error = state[1]["actionStates"][0]["latestExecution"]["errorDetails"]
    assert error["code"] == "JobFailed"
    assert pipeline.invoke() == FIRST


def test_name_that_no_artifact_can_have_fails_the_source(
    pipeline: Small, rehearse: Rehearse, sources: Path
) -> None:
    (sources / os.fsdecode(b"caf\xe9.py")).touch()
    course = rehearse()
    assert failed(course).message == "The name of file b'caf\\xe9.py' is not UTF-8."
    assert failed(course).code == "ConfigurationError"
    assert pipeline.invoke() == FIRST


def test_mistake_in_the_buildspec_is_reported_with_its_line(
    pipeline: Small, rehearse: Rehearse, sources: Path
) -> None:
    change(sources / "buildspec.yml", "phases:", "phasis:")
    course = rehearse()
    assert failed(course).action == "Build"
    assert "buildspec.yml:2: a buildspec has no 'phasis'; did you mean phases?" in (
        failed(course).message
    )
    assert pipeline.invoke() == FIRST


def test_missing_artifact_fails_the_build(
    pipeline: Small, rehearse: Rehearse, sources: Path
) -> None:
    change(sources / "buildspec.yml", "'*.py'", "'build/*.zip'")
    course = rehearse()
    assert failed(course).message.startswith("UPLOAD_ARTIFACTS: no matching artifact paths found")
    assert pipeline.invoke() == FIRST


def test_missing_tool_is_named(pipeline: Small, rehearse: Rehearse, sources: Path) -> None:
    change(sources / "buildspec.yml", "python3 -m", "no-such-compiler -m")
    message = failed(rehearse()).message
    assert "no-such-compiler" in message
    assert "A tool that it calls is not installed on this machine" in message
    assert pipeline.invoke() == FIRST


def test_crashed_build_fails(pipeline: Small, rehearse: Rehearse, sources: Path) -> None:
    change(sources / "buildspec.yml", "python3 -m compileall -q", "kill -9 $$ #")
    assert failed(rehearse()).action == "Build"
    assert pipeline.invoke() == FIRST


def test_build_that_hangs_is_ended_with_its_children(
    pipeline: Small, rehearse: Rehearse, sources: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "child"
    hanging = f"sleep 600 & echo $$! > {mark}; wait"
    change(sources / "Makefile", "python3 -m unittest discover -s tests -t .", hanging)
    course = rehearse(limit=5.0)
    assert failed(course).action == "Unit"
    assert "Build timed out after 5 s" in failed(course).message
    assert not is_running(int(mark.read_text()))
    assert pipeline.invoke() == FIRST


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that nobody has waited for does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_rejected_approval_deploys_nothing(pipeline: Small, rehearse: Rehearse) -> None:
    pipeline.messages()
    course = rehearse(approve=False)
    assert (failed(course).action, failed(course).code) == ("Approve", "ApprovalRejected")
    question, told = pipeline.messages()
    assert "Deploy to dev?" in question
    assert told == f'"Pipeline {PIPELINE} failed: execution {course.ends[0].execution}."'
    assert pipeline.invoke() == FIRST


def test_alarm_during_the_canary_returns_the_traffic(pipeline: Small, rehearse: Rehearse) -> None:
    pipeline.messages()
    course = rehearse(alarm=ALARM)
    assert failed(course).action == "Deploy"
    assert f"Alarm {ALARM} rang while version" in failed(course).message
    assert rolled_back(course)
    _, told, back = pipeline.messages()
    assert told == f'"Pipeline {PIPELINE} failed: execution {course.ends[0].execution}."'
    assert back.endswith(f'earlier release: execution {course.ends[1].execution}."')
    assert pipeline.invoke() == FIRST


def test_alarm_while_baking_rolls_back(pipeline: Small, rehearse: Rehearse) -> None:
    course = rehearse(alarm=SLOW)
    assert failed(course).action == "onSuccess"
    assert rolled_back(course)
    assert pipeline.invoke() == FIRST


@pytest.mark.parametrize(
    ("old", "new", "test"),
    [
        ("greeting.of(", "GREETING.of(", "Integration"),
        ('event.get("name", "world")', 'event["name"]', "EndToEnd"),
    ],
)
def test_failing_test_of_the_deployment_rolls_back(
    pipeline: Small, rehearse: Rehearse, sources: Path, old: str, new: str, test: str
) -> None:
    change(sources / "handler.py", old, new)
    course = rehearse()
    assert failed(course).action == test
    assert rolled_back(course)
    back = [(each.stage, each.action) for each in course.entries if each.is_rollback]
    assert back[0] == ("Deploy", "Deploy")
    assert pipeline.invoke() == FIRST
    newest = pipeline.aws("codepipeline").list_pipeline_executions(pipelineName=PIPELINE)
    summary = newest["pipelineExecutionSummaries"][0]
    assert (summary["executionType"], summary["trigger"]["triggerType"]) == (
        "ROLLBACK",
        "AutomatedRollback",
    )


@pytest.mark.parametrize(
    ("role", "permission", "where"),
    [
        ("pipeline", "codeconnections:UseConnection", "Source"),
        ("pipeline", "s3:PutObject", "Source"),
        ("pipeline", "codebuild:StartBuild", "Unit"),
        ("build", "s3:GetObject", "Unit"),
        ("build", "logs:CreateLogStream", "Unit"),
        ("build", "kms:Decrypt", "Unit"),
        ("build", "s3:PutObject", "Build"),
        ("pipeline", "kms:GenerateDataKey", "Source"),
        ("pipeline", "sns:Publish", "Approve"),
        ("deploy", "s3:GetObject", "Deploy"),
        ("deploy", "lambda:GetAlias", "Deploy"),
        ("deploy", "lambda:PublishVersion", "Deploy"),
        ("deploy", "lambda:UpdateAlias", "Deploy"),
        ("deploy", "cloudwatch:DescribeAlarms", "Deploy"),
    ],
)
def test_missing_permission_fails_where_it_is_needed(
    pipeline: Small, rehearse: Rehearse, role: str, permission: str, where: str
) -> None:
    kept = [dict(each) for each in pipeline.policies[role]]
    pipeline.without(role, permission)
    try:
        course = rehearse()
    finally:
        pipeline.policies[role] = kept
        pipeline.grant(role)
    (first, *_) = [each for each in course.entries if each.status == "Failed"]
    assert (first.action, first.code) == (where, "PermissionError")
    assert permission in first.message
    assert pipeline.invoke() == FIRST


def test_log_that_a_build_may_not_write_is_told(pipeline: Small, rehearse: Rehearse) -> None:
    kept = [dict(each) for each in pipeline.policies["build"]]
    pipeline.without("build", "logs:PutLogEvents")
    try:
        course = rehearse(until="Build")
    finally:
        pipeline.policies["build"] = kept
        pipeline.grant("build")
    assert course.has_succeeded
    (built,) = [each for each in course.entries if each.action == "Build"]
    assert built.summary.startswith("Its log is lost: User: ")
    assert "is not authorized to perform: logs:PutLogEvents" in built.summary


def test_broken_artifact_is_not_deployed(
    pipeline: Small, rehearse: Rehearse, sources: Path
) -> None:
    client = pipeline.aws("codepipeline")
    courses: list[Course] = []
    thread = threading.Thread(target=lambda: courses.append(rehearse(approve=None)))
    thread.start()
    token = _token(client)
    (newest, *_) = client.list_pipeline_executions(pipelineName=PIPELINE)[
        "pipelineExecutionSummaries"
    ]
    actions = client.list_action_executions(
        pipelineName=PIPELINE, filter={"pipelineExecutionId": newest["pipelineExecutionId"]}
    )["actionExecutionDetails"]
    (built,) = next(each for each in actions if each["actionName"] == "Build")["output"][
        "outputArtifacts"
    ]
    pipeline.aws("s3").put_object(
        Bucket=BUCKET, Key=built["s3location"]["key"], Body=b"no zip file"
    )
    client.put_approval_result(
        pipelineName=PIPELINE,
        stageName="Approval",
        actionName="Approve",
        token=token,
        result={"summary": "looks good", "status": "Approved"},
    )
    thread.join(timeout=120)
    (course,) = courses
    assert failed(course).action == "Deploy"
    assert rolled_back(course)
    assert pipeline.invoke() == FIRST


def _token(client: Any) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        state = client.get_pipeline_state(name=PIPELINE)["stageStates"][3]
        latest = state["actionStates"][0].get("latestExecution", {})
        if latest.get("token"):
            return str(latest["token"])
        time.sleep(0.3)
    raise AssertionError("no approval waits")


def test_chosen_action_fails(pipeline: Small, rehearse: Rehearse) -> None:
    course = rehearse(fail="Deploy/Integration")
    assert "--fail" in failed(course).message
    assert rolled_back(course)
    assert pipeline.invoke() == FIRST


def test_rehearsal_stops_after_a_stage(pipeline: Small, rehearse: Rehearse) -> None:
    course = rehearse(until="Test")
    assert [each.status for each in course.ends] == ["Stopped"]
    assert [each.action for each in course.entries] == ["Source", "Unit"]
    (newest, *_) = pipeline.aws("codepipeline").list_pipeline_executions(pipelineName=PIPELINE)[
        "pipelineExecutionSummaries"
    ]
    assert newest["status"] == "Stopped"

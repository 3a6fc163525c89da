"""Retries of a stage, and conditions before its entry."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.rehearsal.course import Course
from tests.rehearsal.conftest import EXAMPLE, run
from tests.rehearsal.small import PIPELINE, SLOW, Small, arn_of_role
from tests.sandbox_gate.conftest import Sandbox


@pytest.fixture
def unit_only(pipeline: Small) -> Iterator[dict[str, Any]]:
    """The test stage of a pipeline that has no other stage after the source."""
    whole = pipeline.structure
    short = {**whole, "stages": whole["stages"][:2]}
    yield short
    pipeline.change(whole)


def condition(result: str, value: str) -> dict[str, Any]:
    rule = {
        "name": "Branch",
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": "VariableCheck",
            "version": "1",
        },
        "configuration": {
            "Variable": "#{SourceVariables.BranchName}",
            "Value": value,
            "Operator": "EQ",
        },
    }
    return {"conditions": [{"result": result, "rules": [rule]}]}


def statuses(course: Course) -> list[tuple[str, str]]:
    return [(each.action, each.status) for each in course.entries]


def states(pipeline: Small) -> list[str]:
    found = pipeline.aws("codepipeline").get_pipeline_state(name=PIPELINE)["stageStates"]
    return [each["latestExecution"]["status"] for each in found]


def test_failed_actions_run_once_more(
    pipeline: Small, server: Sandbox, unit_only: dict[str, Any], tmp_path: Path
) -> None:
    sources, mark = tmp_path / "sources", tmp_path / "mark"
    shutil.copytree(EXAMPLE, sources)
    flaky = f"unit:\n\ttest -f {mark} || {{ touch {mark}; false; }}\n"
    (sources / "Makefile").write_text(flaky)
    retry = {"result": "RETRY", "retryConfiguration": {"retryMode": "FAILED_ACTIONS"}}
    unit_only["stages"][1]["onFailure"] = retry
    pipeline.change(unit_only)
    course = run(server, source=sources)
    assert statuses(course) == [("Source", "Succeeded"), ("Unit", "Failed"), ("Unit", "Succeeded")]
    assert [each.status for each in course.ends] == ["Succeeded"]
    assert states(pipeline) == ["Succeeded", "Succeeded"]


@pytest.mark.parametrize(
    ("result", "value", "ends", "unit"),
    [
        ("FAIL", "release", "Failed", "Failed"),
        ("SKIP", "release", "Succeeded", "Skipped"),
        ("FAIL", "main", "Succeeded", "Succeeded"),
    ],
)
def test_entry_condition_decides_whether_a_stage_runs(
    pipeline: Small,
    server: Sandbox,
    unit_only: dict[str, Any],
    result: str,
    value: str,
    ends: str,
    unit: str,
) -> None:
    unit_only["stages"][1]["beforeEntry"] = condition(result, value)
    unit_only["stages"][1]["onFailure"] = {"result": "ROLLBACK"}
    pipeline.change(unit_only)
    course = run(server, source=EXAMPLE)
    # A refused entry rolls nothing back.
    assert [each.status for each in course.ends] == [ends]
    assert states(pipeline) == ["Succeeded", unit]
    assert ("Unit" in [each.action for each in course.entries]) == (value == "main")


def test_condition_whose_role_may_not_be_assumed_is_not_met(
    pipeline: Small, server: Sandbox, unit_only: dict[str, Any]
) -> None:
    kind = {"category": "Rule", "owner": "AWS", "provider": "CloudWatchAlarm", "version": "1"}
    rule = {
        "name": "Quiet",
        "ruleTypeId": kind,
        "configuration": {"AlarmName": SLOW, "AlarmStates": "ALARM"},
        # It trusts CodeBuild alone.
        "roleArn": arn_of_role("build"),
    }
    unit_only["stages"][1]["beforeEntry"] = {"conditions": [{"result": "FAIL", "rules": [rule]}]}
    pipeline.change(unit_only)
    course = run(server, source=EXAMPLE)
    (refused,) = [each.message for each in course.entries if each.is_condition]
    assert "not authorized to perform: sts:AssumeRole on resource" in refused
    assert [each.status for each in course.ends] == ["Failed"]

"""Which changes start a pipeline, after the examples of AWS's page on filters."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.rehearsal.triggers import Change, Kind, refusal
from tests.rehearsal.small import action


def structure(detects: str = "false", **git: Any) -> dict[str, Any]:
    """Return a pipeline with the filters of one trigger, or without a trigger."""
    configuration = {"BranchName": "main", "DetectChanges": detects}
    source = action("Source", "Source", "CodeStarSourceConnection", configuration=configuration)
    trigger = {
        "providerType": "CodeStarSourceConnection",
        "gitConfiguration": {"sourceActionName": "Source", **git},
    }
    return {
        "name": "orders-dev",
        "stages": [{"name": "Source", "actions": [source]}],
        **({"triggers": [trigger]} if git else {}),
    }


def push(name: str, *paths: str) -> Change:
    return Change(Kind.PUSH, name, paths or ("README.md",))


BRANCHES = {"includes": ["main", "release/*"], "excludes": ["release/old"]}
SERVICE = {"includes": ["services/**"], "excludes": ["**/*.md"]}


@pytest.mark.parametrize(
    ("git", "change", "why"),
    [
        ({"push": [{"branches": BRANCHES}]}, push("main"), ""),
        ({"push": [{"branches": BRANCHES}]}, push("release/1"), ""),
        (
            {"push": [{"branches": BRANCHES}]},
            push("release/old"),
            "release/old is not among its branches: main, release/*, not release/old",
        ),
        (
            {"push": [{"branches": BRANCHES}]},
            push("release/1/fix"),
            "release/1/fix is not among its branches: main, release/*, not release/old",
        ),
        ({"push": [{"branches": BRANCHES}]}, Change(Kind.TAG, "v1"), "only a push starts it"),
        (
            {"push": [{"branches": BRANCHES}]},
            Change(Kind.PULL_REQUEST, "main"),
            "only a push starts it",
        ),
        ({"push": [{"tags": {"includes": ["v*"]}}]}, Change(Kind.TAG, "v1"), ""),
        ({"push": [{"tags": {"includes": ["v*"]}}]}, push("v1"), "only a tag starts it"),
        (
            {"push": [{"branches": BRANCHES, "filePaths": SERVICE}]},
            push("main", "README.md", "services/a/b.py"),
            "",
        ),
        (
            {"push": [{"branches": BRANCHES, "filePaths": SERVICE}]},
            push("main", "README.md", "services/a/b.md"),
            "no changed file is among its paths: services/**, not **/*.md",
        ),
        (
            {"pullRequest": [{"events": ["OPEN", "UPDATED"], "branches": {"includes": ["main"]}}]},
            Change(Kind.PULL_REQUEST, "main"),
            "",
        ),
        (
            {"pullRequest": [{"events": ["CLOSED"], "branches": {"includes": ["main"]}}]},
            Change(Kind.PULL_REQUEST, "main"),
            "only a closed pull request starts it",
        ),
        ({"push": [{"branches": BRANCHES}]}, Change(Kind.SCHEDULE), "no schedule starts it"),
    ],
)
def test_change_starts_what_a_filter_fits(git: dict[str, Any], change: Change, why: str) -> None:
    assert refusal(structure(**git), change) == why


@pytest.mark.parametrize(
    ("detects", "branch", "why"),
    [
        ("true", "main", ""),
        ("true", "dev", "only a push to main starts it"),
        ("false", "main", "it has no trigger and detects no changes"),
    ],
)
def test_pipeline_without_a_trigger_detects_pushes_to_its_branch(
    detects: str, branch: str, why: str
) -> None:
    assert refusal(structure(detects), push(branch)) == why

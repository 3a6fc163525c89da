"""Tests of sources run as many at once as the account may build."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from components.delivery import suites
from components.delivery.stages import test_stage as stage_of
from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

KINDS = ("unit", "lint", "sast", "secrets")
TESTS: list[suites.TestProjectArgs] = [
    {"kind": kind, "project_name": kind, "project_arn": kind, "batch": False} for kind in KINDS
]


@pytest.mark.parametrize(
    ("at_once", "orders"),
    [(20, [1, 1, 1, 1]), (2, [1, 1, 2, 2]), (1, [1, 2, 3, 4])],
)
def test_test_stage_runs_no_more_builds_at_once_than_allowed(
    at_once: int, orders: list[int]
) -> None:
    stage = stage_of(TESTS, {"kind": "s3"}, at_once=at_once, retry=False)
    assert [action["run_order"] for action in stage["actions"]] == orders


def test_quota_of_a_stack_file_makes_its_tests_serial(run: Runner) -> None:
    config = copy.deepcopy(CONFIG)
    config["landfall:quotas"] = {"concurrentBuilds": 1}
    for application in config["landfall:delivery"]["applications"].values():
        application["tests"] = ["unit", "lint"]
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    pipelines = run(lambda: LandingZone(settings)).of("aws:codepipeline/pipeline:Pipeline")
    stages = [
        stage
        for inputs in pipelines.values()
        for stage in inputs["stages"]
        if stage["name"] == "Test"
    ]
    assert stages
    for stage in stages:
        orders = [action.get("runOrder", 1) for action in stage["actions"]]
        assert orders == list(range(1, len(orders) + 1))

"""A part of `make bench-rollbacks`: releases with faults, and the notification of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal import rollbacks, taken
from tests.rehearsal.rollbacks import Application
from tests.rehearsal.small import Small
from tests.sandbox_gate.conftest import Sandbox


@pytest.fixture(scope="module")
def made(server: Sandbox) -> Small:
    return rollbacks.make(server)


@pytest.fixture(scope="module")
def applications(
    server: Sandbox, made: Small, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Application]:
    """The service and the instances, with their first releases."""
    folder = tmp_path_factory.mktemp("sources")
    found = {each.kind: each for each in rollbacks.applications(server, made, folder)}
    for kind in ("ecs", "ec2"):
        course = rollbacks.first_release(server, found[kind])
        assert course.has_succeeded, [each.message for each in course.entries]
    return found


@pytest.mark.parametrize(
    ("kind", "name", "where"),
    [
        ("ecs", "throttling", "Deploy"),
        ("ecs", "broken artifact", "Deploy"),
        ("ec2", "failing end-to-end test", "EndToEnd"),
        ("ec2", "alarm while baking", "onSuccess"),
    ],
)
def test_earlier_release_is_live_again_after_a_fault(
    server: Sandbox,
    made: Small,
    applications: dict[str, Application],
    tmp_path: Path,
    kind: str,
    name: str,
    where: str,
) -> None:
    row = rollbacks.measured(server, made, applications[kind], name, tmp_path / "new")
    assert row.passed, row
    assert row.where == where


def test_every_kind_has_every_fault(server: Sandbox, made: Small, tmp_path: Path) -> None:
    found = rollbacks.applications(server, made, tmp_path)
    assert [each.kind for each in found] == ["lambda", "ecs", "ec2"]
    assert all(set(each.faults) == set(rollbacks.NAMES) for each in found)


def test_permission_that_is_taken_away_is_named(
    server: Sandbox, made: Small, applications: dict[str, Application]
) -> None:
    row = taken.without(server, made, applications["ec2"], "pipeline", "codebuild:StartBuild")
    assert row.where == "Unit"
    assert row.passed, row

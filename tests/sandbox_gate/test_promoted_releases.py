"""`landfall release` of environments that are promoted, in one pipeline and across pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox_gate.conftest import Clients, Sandbox
from tests.sandbox_gate.services.test_codepipeline import CONNECTION, _action
from tests.sandbox_gate.services.test_promotion import _deploy, _pipeline, promoting, role
from tests.sandbox_gate.test_releases import Landfall, _refused, caller

__all__ = ["promoting", "role"]

PROD = "prod: {account: orders-prod}"


@pytest.fixture
def landfall(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landfall:
    """Call `landfall release` for a stack whose prod is promoted from dev."""
    change = (PROD, "prod: {account: orders-prod, promotedFrom: dev}")
    return caller(sandbox, tmp_path, monkeypatch, change)


@pytest.fixture
def landfall_after(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landfall:
    """Call `landfall release` for a stack whose prod is deployed in dev's pipeline."""
    change = (PROD, "prod: {account: orders-prod, after: dev}")
    return caller(sandbox, tmp_path, monkeypatch, change)


def _promote(client: Any, revision: str) -> str:
    sent = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": revision}
    started = client.start_pipeline_execution(name="orders-dev", sourceRevisions=[sent])
    identity: str = started["pipelineExecutionId"]
    return identity


def test_release_list_of_a_promoted_pipeline_shows_revisions_and_where_they_come_from(
    promoting: Any, landfall: Landfall
) -> None:
    first, second = _promote(promoting, "1111111"), _promote(promoting, "2222222")
    lines = landfall("list", "orders", "prod").splitlines()[2:4]
    assert "2222222" in lines[0]
    assert f"in Deploy; promoted from {second[:13]} of orders-dev" in lines[0]
    assert f"promoted from {first[:13]} of orders-dev; rollback possible" in lines[1]


def test_rollback_of_a_promoted_pipeline_takes_a_revision_of_the_sources(
    promoting: Any, landfall: Landfall
) -> None:
    for revision in ("1111111", "2222222"):
        _promote(promoting, revision)
    shown = landfall("rollback", "orders", "prod", "1111111")
    assert "(revision 1111111)" in shown


def test_release_of_a_former_structure_is_started_with_its_own_artifacts(
    promoting: Any, landfall: Landfall
) -> None:
    first = _promote(promoting, "1111111")
    promoting.update_pipeline(pipeline=promoting.get_pipeline(name="orders-prod")["pipeline"])
    _promote(promoting, "2222222")
    _, said = _refused(landfall, "rollback", "orders", "prod")
    assert f"promoted/orders-dev/{first}/Build.zip" in said


def test_environments_of_one_pipeline_have_releases_of_their_own(
    aws: Clients, role: str, landfall_after: Landfall
) -> None:
    client = aws("codepipeline")
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": "Source"}],
        configuration=CONNECTION,
    )
    approval = {"name": "Approval@prod", "actions": [_action("Approve", "Approval", "Manual")]}
    prod = {**_deploy("Source"), "name": "Deploy@prod"}
    made = _pipeline(role, "orders-dev", source, _deploy("Source"), approval, prod)
    client.create_pipeline(pipeline=made)
    waiting = _promote(client, "1111111")
    token = client.get_pipeline_state(name="orders-dev")["stageStates"][2]["actionStates"][0]
    client.put_approval_result(
        pipelineName="orders-dev",
        stageName="Approval@prod",
        actionName="Approve",
        result={"summary": "", "status": "Approved"},
        token=token["latestExecution"]["token"],
    )
    newest = _promote(client, "2222222")
    dev, prod_ = (landfall_after("list", "orders", each) for each in ("dev", "prod"))
    assert f"{newest[:13]}" in dev
    assert "in Deploy@prod" not in dev
    assert next(line for line in prod_.splitlines() if "in Deploy@prod" in line).startswith(
        waiting[:13]
    )

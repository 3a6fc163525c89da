"""Executions of pipelines, and `landfall release`, called as users call it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from landfall.cli import release
from landfall.problems import ProblemsError
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.judging.callers import ADMINISTRATOR
from tests.sandbox_gate.services.test_codepipeline import _action
from tests.settings.stacks import changed

Landfall = Callable[..., str]


@pytest.fixture
def structure(aws: Clients) -> dict[str, Any]:
    """Return a deployed pipeline with an approval and two waves."""
    role = aws("iam").create_role(
        RoleName="pipeline", AssumeRolePolicyDocument=trust(service="codepipeline.amazonaws.com")
    )["Role"]["Arn"]
    aws("iam").attach_role_policy(RoleName="pipeline", PolicyArn=ADMINISTRATOR)
    sources = [{"name": "Source"}]
    source = _action(
        "Source",
        "Source",
        "S3",
        outputArtifacts=sources,
        configuration={"S3Bucket": "sources", "S3ObjectKey": "orders.zip"},
    )
    deploy = _action(
        "Deploy",
        "Deploy",
        "S3",
        inputArtifacts=sources,
        configuration={"BucketName": "site", "Extract": "true"},
    )
    structure = {
        "name": "orders-prod",
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Approval", "actions": [_action("Approve", "Approval", "Manual")]},
            {"name": "Deploy", "actions": [deploy], "onFailure": {"result": "ROLLBACK"}},
            {"name": "Deploy-2", "actions": [deploy]},
        ],
    }
    aws("codepipeline").create_pipeline(pipeline=structure)
    return structure


def _run(client: Any, revision: str, answer: str = "Approved") -> str:
    """Start an execution of a revision, answer its approval, and return its id."""
    override = {"actionName": "Source", "revisionType": "S3_OBJECT_VERSION_ID"}
    identity: str = client.start_pipeline_execution(
        name="orders-prod", sourceRevisions=[{**override, "revisionValue": revision}]
    )["pipelineExecutionId"]
    state = client.get_pipeline_state(name="orders-prod")["stageStates"][1]
    token = state["actionStates"][0]["latestExecution"]["token"]
    client.put_approval_result(
        pipelineName="orders-prod",
        stageName="Approval",
        actionName="Approve",
        result={"summary": "", "status": answer},
        token=token,
    )
    return identity


@pytest.fixture
def landfall(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landfall:
    """Call `landfall release` with credentials of the pipelines' account."""
    return caller(sandbox, tmp_path, monkeypatch)


def caller(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]
) -> Landfall:
    """Return a function that calls `landfall release` for the small stack with changes."""
    stack = changed(
        *changes,
        ("purpose: delivery}", f"purpose: delivery, id: '{MANAGEMENT}'}}"),
        ("    regions: [eu", "    mode: adopt\n    id: o-a1b2c3d4e5\n    regions: [eu"),
    )
    (tmp_path / "Pulumi.test.yaml").write_text(stack)
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    def call(*arguments: str) -> str:
        options = ["-s", "test", "--directory", str(tmp_path)]
        done = CliRunner().invoke(release.app, [*arguments, *options], catch_exceptions=True)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.stdout

    return call


def _refused(landfall: Landfall, *arguments: str) -> tuple[int, str]:
    with pytest.raises(ProblemsError) as caught:
        landfall(*arguments)
    return caught.value.exit_status, str(caught.value)


def test_execution_with_an_approval_waits_for_it(aws: Clients, structure: dict[str, Any]) -> None:
    client = aws("codepipeline")
    identity = client.start_pipeline_execution(name="orders-prod")["pipelineExecutionId"]
    where = {"pipelineName": "orders-prod", "pipelineExecutionId": identity}
    found = client.get_pipeline_execution(**where)["pipelineExecution"]
    assert (found["status"], found["executionType"]) == ("InProgress", "STANDARD")
    answer = {"pipelineName": "orders-prod", "stageName": "Approval", "actionName": "Approve"}
    result = {"summary": "", "status": "Approved"}
    code, _ = error_of(client.put_approval_result, **answer, result=result, token="0" * 8)
    assert code in ("InvalidApprovalTokenException", "ValidationException")
    rejected = _run(client, "r1", "Rejected")
    listed = client.list_pipeline_executions(pipelineName="orders-prod")
    statuses = {e["pipelineExecutionId"]: e["status"] for e in listed["pipelineExecutionSummaries"]}
    (first,) = set(statuses) - {identity, rejected}
    # Creation started the first, which found no object in the source bucket.
    assert statuses == {identity: "InProgress", rejected: "Failed", first: "Failed"}


def test_stage_rolls_back_within_one_pipeline_structure(
    aws: Clients, structure: dict[str, Any]
) -> None:
    client = aws("codepipeline")
    first, _ = _run(client, "r1"), _run(client, "r2")
    failed = _run(client, "r3", "Rejected")
    back = {"pipelineName": "orders-prod", "stageName": "Deploy"}
    made = client.rollback_stage(**back, targetPipelineExecutionId=first)["pipelineExecutionId"]
    (newest, *_) = client.list_pipeline_executions(pipelineName="orders-prod")[
        "pipelineExecutionSummaries"
    ]
    assert newest["pipelineExecutionId"] == made
    assert (newest["executionType"], newest["trigger"]["triggerType"]) == (
        "ROLLBACK",
        "ManualRollback",
    )
    assert newest["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": first}
    assert newest["sourceRevisions"][0]["revisionId"] == "r1"
    for stage, target, code in (
        ("Deploy", failed, "UnableToRollbackStageException"),
        ("Deploy", made, "UnableToRollbackStageException"),
        ("Source", first, "UnableToRollbackStageException"),
        ("Nowhere", first, "StageNotFoundException"),
        ("Deploy", "00000000-0000-4000-8000-000000000000", "PipelineExecutionNotFoundException"),
    ):
        wanted = {**back, "stageName": stage, "targetPipelineExecutionId": target}
        assert error_of(client.rollback_stage, **wanted)[0] == code
    client.update_pipeline(pipeline=structure)
    code, _ = error_of(client.rollback_stage, **back, targetPipelineExecutionId=first)
    assert code == "PipelineExecutionOutdatedException"


def test_release_list_marks_the_deployed_release(
    aws: Clients, structure: dict[str, Any], landfall: Landfall
) -> None:
    (_, _, created) = landfall("list", "orders", "prod").splitlines()
    assert created.split()[3] == "Failed"
    client = aws("codepipeline")
    first, second, third = _run(client, "r1"), _run(client, "r2"), _run(client, "r3", "Rejected")
    lines = landfall("list", "orders", "prod").splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == [third[:13], second[:13], first[:13]]
    assert lines[2].split()[3] == "Failed"
    assert lines[3].endswith("in Deploy, Deploy-2")
    assert lines[4].endswith("rollback possible")


def test_rollback_without_a_release_restores_the_previous_one_in_every_wave(
    aws: Clients, structure: dict[str, Any], landfall: Landfall
) -> None:
    client = aws("codepipeline")
    first, _ = _run(client, "r1"), _run(client, "r2")
    shown = landfall("rollback", "orders", "prod").splitlines()
    assert [line.split()[1] for line in shown] == ["Deploy", "Deploy-2"]
    assert all(f"rolls back to {first[:13]} (revision r1)" in line for line in shown)
    newest, before, *_ = client.list_pipeline_executions(pipelineName="orders-prod")[
        "pipelineExecutionSummaries"
    ]
    assert newest["rollbackMetadata"] == before["rollbackMetadata"]
    lines = landfall("list", "orders", "prod").splitlines()
    assert lines[-2].endswith("in Deploy, Deploy-2")
    assert _refused(landfall, "rollback", "orders", "prod")[0] == 1


@pytest.mark.parametrize("wanted", ["id", "revision"])
def test_rollback_accepts_an_id_or_a_revision(
    aws: Clients, structure: dict[str, Any], landfall: Landfall, wanted: str
) -> None:
    client = aws("codepipeline")
    ids = [_run(client, revision) for revision in ("r1", "r2", "r3")]
    shown = landfall("rollback", "orders", "prod", ids[0][:8] if wanted == "id" else "r1")
    assert f"rolls back to {ids[0][:13]}" in shown


def test_rollback_to_an_impossible_release_is_refused_with_a_reason(
    aws: Clients, structure: dict[str, Any], landfall: Landfall
) -> None:
    client = aws("codepipeline")
    status, said = _refused(landfall, "rollback", "orders", "prod")
    assert (status, "deployed nothing yet" in said) == (1, True)
    first, failed = _run(client, "r1"), _run(client, "r2", "Rejected")
    for wanted, part in (
        ("nope", "has no release 'nope'"),
        (failed[:13], "was never deployed: Failed"),
    ):
        status, said = _refused(landfall, "rollback", "orders", "prod", wanted)
        assert (status, part in said, first[:13] in said) == (1, True, True)
    client.update_pipeline(pipeline=structure)
    _run(client, "r3")
    for arguments in (("rollback", "orders", "prod", first), ("rollback", "orders", "prod")):
        status, said = _refused(landfall, *arguments)
        assert (status, "start-pipeline-execution" in said) == (1, True)


def test_rollback_reports_a_running_stage_beside_those_that_roll_back(
    aws: Clients, structure: dict[str, Any], landfall: Landfall
) -> None:
    client = aws("codepipeline")
    structure["stages"][2]["actions"].insert(0, _action("Wait", "Approval", "Manual"))
    first = None
    client.update_pipeline(pipeline=structure)
    for revision in ("r1", "r2"):
        identity = _run(client, revision)
        first = first or identity
        state = client.get_pipeline_state(name="orders-prod")["stageStates"][2]
        client.put_approval_result(
            pipelineName="orders-prod",
            stageName="Deploy",
            actionName="Wait",
            result={"summary": "", "status": "Approved"},
            token=state["actionStates"][0]["latestExecution"]["token"],
        )
    _run(client, "r3")
    status, said = _refused(landfall, "rollback", "orders", "prod", "r1")
    assert status == 2
    assert "stage Deploy cannot roll back" in said
    assert "stage Deploy-2 rolls back" in said


def test_release_of_an_unknown_name_suggests_the_nearest(
    landfall: Landfall, organization: Any
) -> None:
    for arguments, part in (
        (("list", "order", "prod"), "did you mean 'orders'?"),
        (("list", "orders", "prd"), "did you mean 'prod'?"),
        (("list", "orders", "prod"), "there is no pipeline orders-prod"),
    ):
        assert part in _refused(landfall, *arguments)[1]

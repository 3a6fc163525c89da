"""Drift from the events of a refresh, and its report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall import access_hint
from landfall.problems import ProblemsError
from landfall.provisioning import copies, drift, plan

ROLE = "urn:pulumi:dev::landfall::landfall:access:CrossAccountRole$aws:iam/role:Role::audit-reader"
BLOCK = "urn:pulumi:dev::landfall::aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::store"
SECRET = "hunter2-hunter2"


def event(urn: str, operation: str, *properties: str) -> dict[str, Any]:
    metadata = {
        "urn": urn,
        "type": urn.split("::")[2].rpartition("$")[2],
        "op": operation,
        "detailedDiff": {name: {"diffKind": "update"} for name in properties},
        "old": {"outputs": dict.fromkeys(properties, SECRET)},
    }
    return {"resOutputsEvent": {"metadata": metadata}}


@pytest.fixture
def found() -> drift.Drift:
    stack = "urn:pulumi:dev::landfall::pulumi:pulumi:Stack::landfall-dev"
    same = ROLE.replace("reader", "same")
    return drift.read(
        "dev",
        [
            event(stack, "same"),
            event(same, "same"),
            event(ROLE, "update", "maxSessionDuration", "description"),
            event(BLOCK, "delete"),
        ],
    )


def test_changed_and_deleted_resources_are_reported_separately(found: drift.Drift) -> None:
    told = {(each.type, each.name): (each.what, each.properties) for each in found.drifted}
    assert told == {
        ("aws:iam/role:Role", "audit-reader"): ("changed", ("description", "maxSessionDuration")),
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "store"): ("gone", ()),
    }
    assert found.looked_at == 3


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_a_report_names_properties_and_never_values(found: drift.Drift, format: str) -> None:
    written = found.written(format)
    assert "maxSessionDuration" in written
    assert SECRET not in written


def test_each_format_is_what_its_readers_expect(found: drift.Drift) -> None:
    assert "2 of 3 resources of stack dev have drifted." in found.written("text")
    assert json.loads(found.written("json"))["drifted"][1]["urn"] == ROLE
    rows = [line for line in found.written("markdown").splitlines() if line.startswith("| `")]
    assert len(rows) == 2
    nothing = drift.read("dev", [event(ROLE, "same")])
    assert nothing.written("text") == "Stack dev has no drift (1 resources).\n"


def test_errors_of_many_resources_are_one() -> None:
    def failed(name: str) -> dict[str, Any]:
        urn = f"urn:pulumi:dev::landfall::aws:iam/role:Role::{name}"
        return {"diagnosticEvent": {"severity": "error", "urn": urn, "message": "no role\n"}}

    (problem,) = copies.errors([failed("a"), failed("b"), failed("c")], "dev")
    assert str(problem) == "a and 2 more: no role"


def test_missing_credentials_of_many_resources_are_one_problem_with_the_hint() -> None:
    def failed(name: str, message: str) -> dict[str, Any]:
        urn = f"urn:pulumi:dev::landfall::aws:iam/role:Role::{name}"
        return {"diagnosticEvent": {"severity": "error", "urn": urn, "message": message}}

    found = [failed("a", "No valid credential sources found"), failed("b", "ExpiredToken: old")]
    (problem,) = copies.errors(found, "live")
    assert problem.what == access_hint.NO_CREDENTIALS
    assert 'eval "$(landfall env -s live)"' in problem.fix


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_providers_of_a_copy_act_as_the_role_that_reads(partition: str) -> None:
    arn = f"arn:{partition}:iam::111122223333:role/OrganizationAccountAccessRole"
    roles = json.dumps([{"roleArn": arn, "sessionName": "landfall"}])
    provider = {"type": "pulumi:providers:aws", "inputs": {"assumeRoles": roles}, "outputs": {}}
    other = {"type": "aws:iam/role:Role", "inputs": {"trust": arn}}
    state: dict[str, Any] = {"deployment": {"resources": [provider, other]}}
    copies.act_as(state, ["OrganizationAccountAccessRole"], "landfall/reader")
    (changed, same) = state["deployment"]["resources"]
    (assumed,) = json.loads(changed["inputs"]["assumeRoles"])
    assert assumed["roleArn"] == f"arn:{partition}:iam::111122223333:role/landfall/reader"
    assert same["inputs"]["trust"] == arn


def test_only_the_plan_that_was_approved_is_applied(tmp_path: Any) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}")
    plan.require(file, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    plan.require(file, "")
    file.write_text("{} ")
    with pytest.raises(ProblemsError, match="is not the approved plan"):
        plan.require(file, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")

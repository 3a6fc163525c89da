"""The batch by which the stack's own delivery applies slices, against mocks."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from landfall.blueprint.stack import blueprint
from landfall.rehearsal import batches, buildspec
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered, account_id
from tests.components.test_landing_zone import CONFIG
from tests.components.test_parts import created

HUB = account_id("delivery")
ARN = f"arn:aws:codebuild:eu-west-1:{HUB}:project/provision-test-slices"
NAME = "provisioning-provision-test-slices"


def parsed(**batch: Any) -> Any:
    config = copy.deepcopy(CONFIG)
    config["landfall:provisioning"] = {
        "source": {"connection": "github", "repository": "example/landing-zone"},
        "notify": ["platform@example.com"],
        "batch": batch,
    }
    config["landfall:fleet"] = {
        "slices": {"canary": {"accounts": "orders"}, "tools": {"accounts": "delivery"}},
        "waves": ["canary", "tools"],
    }
    return parse(config, stack="test", locations=Locations("Pulumi.test.yaml"))


@pytest.fixture(scope="module")
def parts() -> dict[str, Registered]:
    return created(parsed())


@pytest.fixture(scope="module")
def project(parts: dict[str, Registered]) -> dict[str, Any]:
    # The pipeline applies the foundation before it starts the batch.
    found: dict[str, Any] = parts[""].of("aws:codebuild/project:Project")[NAME]
    return found


def statements(registered: Registered, token: str, name: str, key: str) -> dict[str, Any]:
    found = registered.document(token, name, key)["Statement"]
    return {each["Sid"]: each for each in found}


def test_foundation_creates_the_graph_of_the_other_parts(project: dict[str, Any]) -> None:
    spec = json.loads(project["source"]["buildspec"])
    graph = {each["identifier"]: each for each in spec["batch"]["build-graph"]}
    assert {name: each["env"]["variables"]["FLEET_ONLY"] for name, each in graph.items()} == {
        "wave_2_job_1": "--only canary",
        "wave_3_job_1": "--only tools",
        "wave_4_job_1": "--only rest",
        "wave_5_job_1": "--only closing",
    }
    after = {name: each.get("depend-on", []) for name, each in graph.items()}
    assert after["wave_2_job_1"] == []
    assert after["wave_5_job_1"] == ["wave_4_job_1"]
    (command,) = [each for each in spec["phases"]["build"]["commands"] if "landfall fleet" in each]
    assert "landfall fleet up -s test $FLEET_ONLY --all" in command
    assert spec["artifacts"] == {"base-directory": "build/fleet", "files": ["*.json"]}


def test_rehearsal_reads_the_graph_in_its_order(project: dict[str, Any]) -> None:
    found = batches.parse(project["source"]["buildspec"])
    assert not found.fast_fail
    assert [(each.identifier, each.after) for each in found.tasks] == [
        ("wave_2_job_1", ()),
        ("wave_3_job_1", ("wave_2_job_1",)),
        ("wave_4_job_1", ("wave_3_job_1",)),
        ("wave_5_job_1", ("wave_4_job_1",)),
    ]
    assert buildspec.parse(project["source"]["buildspec"]).has_batch


def test_several_parts_in_a_build_make_fewer_builds() -> None:
    parts = created(parsed(builds=5, parts=2))
    project = parts[""].of("aws:codebuild/project:Project")[NAME]
    graph = json.loads(project["source"]["buildspec"])["batch"]["build-graph"]
    assert project["buildBatchConfig"]["restrictions"]["maximumBuildsAllowed"] == len(graph) == 4


def test_batch_is_bounded_and_started_by_a_role_of_its_own(
    parts: dict[str, Registered], project: dict[str, Any]
) -> None:
    config = project["buildBatchConfig"]
    assert config["serviceRole"].endswith(":role/landfall/provision-test-slices-batch")
    assert config["serviceRole"] != project["serviceRole"]
    assert config["combineArtifacts"] is True
    assert config["timeoutInMins"] == 480
    assert config["restrictions"] == {
        "computeTypesAlloweds": [project["environment"]["computeType"]],
        "maximumBuildsAllowed": 4,
    }
    started = statements(parts[""], "aws:iam/rolePolicy:RolePolicy", f"{NAME}-batch", "policy")
    assert list(started) == ["StartTheBuildsOfABatch"]
    (only,) = started.values()
    assert only["Action"] == ["codebuild:RetryBuild", "codebuild:StartBuild", "codebuild:StopBuild"]
    assert only["Resource"] == [ARN]
    held = statements(parts[""], "aws:iam/rolePolicy:RolePolicy", NAME, "policy")
    actions = {action for each in held.values() for action in each["Action"]}
    assert not [each for each in actions if each.startswith("codebuild:")]
    (assumed,) = held["ActInOrganization"]["Resource"]
    assert assumed.endswith(":role/landfall/provision-test-apply")


def test_apply_role_trusts_the_builds_of_the_batch(parts: dict[str, Registered]) -> None:
    trust = statements(parts[""], "aws:iam/role:Role", "provisioning-apply", "assumeRolePolicy")[
        "ExactRolesOfTheOrganization"
    ]
    assert trust["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{HUB}:role/landfall/provision-test-{each}" for each in ("apply", "slices")
    ]


def test_pipeline_starts_the_batch_after_the_foundation(parts: dict[str, Registered]) -> None:
    closing = parts["closing"]
    pipeline = closing.of("aws:codepipeline/pipeline:Pipeline")["provisioning-provision-test"]
    assert [each["name"] for each in pipeline["stages"]] == ["Source", "Plan", "Apply", "Slices"]
    (action,) = pipeline["stages"][-1]["actions"]
    assert action["configuration"] == {
        "ProjectName": "provision-test-slices",
        "BatchEnabled": "true",
        "CombineArtifacts": "true",
    }
    assert action["outputArtifacts"] == ["Results"]
    held = statements(
        closing, "aws:iam/rolePolicy:RolePolicy", "provisioning-provision-test", "policy"
    )
    assert "codebuild:StartBuildBatch" in held["BuildInBatches"]["Action"]
    assert held["BuildInBatches"]["Resource"] == [ARN]
    assert ARN not in held["Build"]["Resource"]


def test_blueprint_has_the_roles_and_names_of_the_batch(parts: dict[str, Registered]) -> None:
    described = blueprint(parsed())
    roles = {each.role.name: each.role for each in described.roles if each.account == "delivery"}
    made = parts[""].of("aws:iam/role:Role")
    for name in ("provision-test-slices", "provision-test-slices-batch"):
        assert made[f"provisioning-{name}"]["description"] == roles[name].description
    names = {(each.kind, each.name) for each in described.resources}
    assert ("project", "provision-test-slices") in names
    assert ("log-group", "/landfall/build/provision-test-slices") in names


def test_key_of_the_artifacts_admits_the_builds(parts: dict[str, Registered]) -> None:
    document = json.dumps(parts[""].document("aws:kms/key:Key", "artifacts-eu-west-1", "policy"))
    assert f"{HUB}:role/landfall/provision-test-slices" in document

"""The batch that applies slices, rehearsed as its own roles: graph, artifacts, refusals.

`landfall` is a script here that says as whom it was called.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from components.provisioning import builds as rendered
from landfall.blueprint import parts
from landfall.blueprint.places import Place, Store
from landfall.blueprint.provisioning import builds as described
from landfall.blueprint.roles import Role
from landfall.fleet.machines import codebuild, gathering, jobs
from landfall.rehearsal import rehearsing
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from landfall.settings import naming
from tests.fleet.stacks import stack_of
from tests.rehearsal.small import CONNECTION, action
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox, trust

STACK, BUCKET, PIPELINE = "big", "landfall-slices", "provision-big"
APPLY = f"arn:aws:iam::{MANAGEMENT}:role/landfall/provision-big-apply"
PLACE = Place("aws", REGION, MANAGEMENT, 365)
BUILD = described.slices(STACK, APPLY)

LANDFALL = f"""#!{sys.executable}
import json, sys
import boto3

asked = [each for each in sys.argv if each != "--only"]
named = asked[asked.index("{STACK}") + 1 : asked.index("--all")]
arn = boto3.client("sts").get_caller_identity()["Arn"]
failed = open("fails").read().split()
found = [
    dict(part=each, stack="{STACK}." + each, wave=1, seconds=1.0, changes={{}}, drifted=0,
         status="failed" if each in failed else "done", problems=[arn])
    for each in named
]
print(json.dumps(dict(stack="{STACK}", command="up", seconds=1.0, parts=found)))
sys.exit(any(each in failed for each in named))
"""


def create(server: Sandbox, role: Role) -> str:
    """Create a role of the blueprint; return its ARN."""
    iam = server.client("iam")
    document = {"Version": "2012-10-17", "Statement": list(role.trust)}
    made = iam.create_role(
        RoleName=role.name, Path=role.path, AssumeRolePolicyDocument=json.dumps(document)
    )
    for name, statements in role.policies.items():
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=json.dumps(policy))
    return str(made["Role"]["Arn"])


@pytest.fixture(scope="module")
def waves() -> Sequence[Sequence[jobs.Job]]:
    return jobs.divided(parts.waves(stack_of())[1:], 60, "the batch", first=2)


@pytest.fixture(scope="module")
def delivery(server: Sandbox, waves: Any) -> Sandbox:
    """A sandbox with the batch and the pipeline that starts it."""
    server.reset()
    key = server.client("kms").create_key()["KeyMetadata"]["Arn"]
    server.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    store = Store(f"arn:aws:s3:::{BUCKET}", key)
    builder = create(server, described.build_role(PLACE, BUILD, store))
    starter = create(server, described.batch_role(PLACE, BUILD))
    project = PLACE.arn("codebuild", f"project/{BUILD.name}")
    role = create(
        server, described.pipeline_role(PLACE, PIPELINE, store, CONNECTION, [], [project])
    )
    server.client("iam").create_role(
        RoleName="provision-big-apply", Path="/landfall/", AssumeRolePolicyDocument=trust(builder)
    )
    server.client("logs").create_log_group(logGroupName=BUILD.log_group)
    build = rendered.Build(
        BUILD,
        codebuild.command(STACK),
        folder=jobs.FOLDER,
        batch=codebuild.batch(codebuild.tasks(waves)),
        files="*.json",
    )
    server.client("codebuild").create_project(
        name=BUILD.name,
        source={"type": "CODEPIPELINE", "buildspec": json.dumps(rendered.buildspec(build))},
        artifacts={"type": "CODEPIPELINE"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
            "computeType": "BUILD_GENERAL1_MEDIUM",
            "environmentVariables": [{"name": "ROLE_ARN", "value": APPLY}],
        },
        serviceRole=builder,
        buildBatchConfig={
            "serviceRole": starter,
            "combineArtifacts": True,
            "timeoutInMins": 480,
            "restrictions": {
                "maximumBuildsAllowed": 3,
                "computeTypesAllowed": ["BUILD_GENERAL1_MEDIUM"],
            },
        },
        encryptionKey=key,
        logsConfig={"cloudWatchLogs": {"status": "ENABLED", "groupName": BUILD.log_group}},
    )
    server.client("codepipeline").create_pipeline(pipeline=structure(role, key))
    return server


def structure(role: str, key: str) -> dict[str, Any]:
    source = action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": described.SOURCE}],
        configuration={
            "ConnectionArn": CONNECTION,
            "FullRepositoryId": "example/landing-zone",
            "BranchName": "main",
        },
    )
    slices = action(
        "Slices",
        "Build",
        "CodeBuild",
        inputArtifacts=[{"name": described.SOURCE}],
        outputArtifacts=[{"name": described.RESULTS}],
        configuration={
            "ProjectName": BUILD.name,
            "BatchEnabled": "true",
            "CombineArtifacts": "true",
        },
    )
    store = {"type": "S3", "location": BUCKET, "encryptionKey": {"type": "KMS", "id": key}}
    return {
        "name": PIPELINE,
        "roleArn": role,
        "artifactStore": store,
        "pipelineType": "V2",
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Slices", "actions": [slices]},
        ],
    }


def rehearsed(server: Sandbox, folder: Path, fails: str = "") -> Course:
    """Execute the pipeline with sources in which the parts `fails` cannot be applied."""
    command = folder / ".venv" / "bin" / "landfall"
    command.parent.mkdir(parents=True)
    command.write_text(LANDFALL)
    command.chmod(0o755)
    (folder / "Makefile").write_text("setup:\n")
    (folder / "fails").write_text(fails)
    course, sandbox = Course(), Rehearsed(server.url, MANAGEMENT)
    found = rehearsing.read(sandbox, [PIPELINE], MANAGEMENT, REGION)
    rehearsing.rehearse(sandbox, found, Options(source=folder), course)
    return course


def batch(server: Sandbox) -> dict[str, str]:
    """Return the status of each build of the latest batch."""
    client = server.client("codebuild")
    identity = client.list_build_batches_for_project(projectName=BUILD.name)["ids"][0]
    (found,) = client.batch_get_build_batches(ids=[identity])["buildBatches"]
    return {
        each["identifier"]: each["currentBuildSummary"]["buildStatus"]
        for each in found["buildGroups"]
    }


def test_builds_apply_all_slices_as_the_apply_role_and_gather_their_results(
    delivery: Sandbox, tmp_path: Path
) -> None:
    course = rehearsed(delivery, tmp_path / "sources")
    assert course.has_succeeded, [each.message for each in course.entries]
    assert batch(delivery) == dict.fromkeys(
        ("wave_2_job_1", "wave_3_job_1", "wave_4_job_1"), "SUCCEEDED"
    )
    client = delivery.client("s3")
    prefix = f"{naming.artifact_prefix(PIPELINE)}/{described.RESULTS}/"
    (stored,) = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    body = client.get_object(Bucket=BUCKET, Key=stored["Key"])["Body"].read()
    zipfile.ZipFile(io.BytesIO(body)).extractall(tmp_path / "results")
    summary = gathering.gathered(stack_of(), gathering.files([tmp_path / "results"]))
    found = {each.part: (each.status, each.problems) for each in summary.results}
    assert found.pop("foundation") == ("not run", ())
    assert set(found) == {"canary", "rest", "closing"}
    for status, (arn,) in found.values():
        assert status == "done"
        assert f"assumed-role/{APPLY.rpartition('/')[2]}/" in arn


def test_failed_slice_stops_the_later_waves(delivery: Sandbox, tmp_path: Path) -> None:
    course = rehearsed(delivery, tmp_path / "sources", fails="canary")
    assert not course.has_succeeded
    assert batch(delivery) == {"wave_2_job_1": "FAILED"}
    assert "wave_4_job_1: it did not run" in course.entries[-1].message


def test_batch_cannot_run_without_the_role_that_starts_its_builds(
    delivery: Sandbox, tmp_path: Path
) -> None:
    iam, role = delivery.client("iam"), BUILD.batch_role_name
    policy = iam.get_role_policy(RoleName=role, PolicyName="batch")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="batch")
    course = rehearsed(delivery, tmp_path / "sources")
    iam.put_role_policy(RoleName=role, PolicyName="batch", PolicyDocument=json.dumps(policy))
    assert "not authorized to perform: codebuild:StartBuild" in course.entries[-1].message

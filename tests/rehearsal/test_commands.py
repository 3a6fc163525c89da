"""The Commands action: its role, environment, output variables and artifact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landfall.rehearsal.course import Course
from tests.rehearsal.conftest import run
from tests.rehearsal.small import (
    MANAGEMENT,
    PIPELINE,
    REGION,
    SITE,
    Small,
    action,
    allowed,
    arn_of_role,
)
from tests.sandbox_gate.conftest import Sandbox

GROUP = f"/aws/codepipeline/{PIPELINE}"
GROUPS = [f"arn:aws:logs:*:{MANAGEMENT}:log-group:{GROUP}{behind}" for behind in ("", ":*")]
LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture
def whole(pipeline: Small) -> Iterator[dict[str, Any]]:
    """The whole pipeline, whose role may write logs of commands and read the secret."""
    found = pipeline.structure
    before = [dict(each) for each in pipeline.policies["pipeline"]]
    secrets = pipeline.aws("secretsmanager")
    secrets.create_secret(Name="token", SecretString="t0psecret")
    pipeline.policies["pipeline"] = [
        *[dict(each) for each in before],
        allowed(*LOGS, on=GROUPS),
        allowed("secretsmanager:GetSecretValue"),
    ]
    pipeline.grant("pipeline")
    yield found
    pipeline.policies["pipeline"] = before
    pipeline.grant("pipeline")
    pipeline.change(found)
    secrets.delete_secret(SecretId="token", ForceDeleteWithoutRecovery=True)


def commands(*lines: str, **more: Any) -> dict[str, Any]:
    made = action("Commands", "Compute", "Commands", inputArtifacts=[{"name": "Source"}], **more)
    return {**made, "commands": list(lines)}


def with_stage(whole: dict[str, Any], *actions: dict[str, Any]) -> dict[str, Any]:
    return {**whole, "stages": [whole["stages"][0], {"name": "Compute", "actions": [*actions]}]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.txt").write_text("a\n")
    return folder


def failure(course: Course) -> str:
    (found,) = [each.message for each in course.entries if each.status == "Failed"]
    return found


def test_commands_have_inputs_variables_and_secrets_and_give_variables_and_files(
    server: Sandbox, pipeline: Small, whole: dict[str, Any], source: Path
) -> None:
    first = commands(
        "cat a.txt > out.txt",
        "echo branch $BRANCH execution #{codepipeline.PipelineExecutionId} token $TOKEN",
        "aws sts get-caller-identity --query Arn --output text",
        "export GREETING=hello",
        namespace="compute",
        outputVariables=["GREETING", "AWS_DEFAULT_REGION"],
        environmentVariables=[
            {"name": "BRANCH", "value": "#{SourceVariables.BranchName}"},
            {"name": "TOKEN", "value": "token", "type": "SECRETS_MANAGER"},
        ],
    )
    first["outputArtifacts"] = [{"name": "Files", "files": ["out.*"]}]
    site = action(
        "Site",
        "Deploy",
        "S3",
        roleArn=arn_of_role("deploy"),
        inputArtifacts=[{"name": "Files"}],
        runOrder=2,
        configuration={
            "BucketName": SITE,
            "Extract": "true",
            "ObjectKey": "#{compute.GREETING}-#{compute.AWS_DEFAULT_REGION}",
        },
    )
    pipeline.change(with_stage(whole, first, site))
    course = run(server, source=source)
    assert course.has_succeeded, [each.message for each in course.entries]
    key = f"hello-{REGION}/out.txt"
    body = pipeline.aws("s3").get_object(Bucket=SITE, Key=key)["Body"].read()
    assert body == b"a\n"
    logs = pipeline.aws("logs")
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream["logStreamName"])
    lines = [each["message"] for each in events["events"]]
    execution = course.ends[0].execution
    assert f"branch main execution {execution} token ***" in lines
    assert any(":assumed-role/pipeline/" in each for each in lines)
    # The builds are CodePipeline's, not the account's.
    assert not pipeline.aws("codebuild").list_builds()["ids"]


@pytest.mark.parametrize(
    ("permission", "said"),
    [
        ("logs:CreateLogStream", "logs:CreateLogStream"),
        ("secretsmanager:GetSecretValue", "not authorized to perform: secretsmanager:GetSecret"),
        ("s3:GetObject", "not authorized to perform: s3:GetObject"),
    ],
)
def test_commands_need_permissions_of_the_pipelines_role(
    server: Sandbox,
    pipeline: Small,
    whole: dict[str, Any],
    source: Path,
    permission: str,
    said: str,
) -> None:
    secret = {"name": "TOKEN", "value": "token", "type": "SECRETS_MANAGER"}
    pipeline.change(with_stage(whole, commands("true", environmentVariables=[secret])))
    kept = [dict(each) for each in pipeline.policies["pipeline"]]
    pipeline.without("pipeline", permission)
    course = run(server, source=source)
    pipeline.policies["pipeline"] = kept
    pipeline.grant("pipeline")
    assert said in failure(course)


def test_command_that_fails_ends_the_action(
    server: Sandbox, pipeline: Small, whole: dict[str, Any], source: Path
) -> None:
    pipeline.change(with_stage(whole, commands("echo before", "false", "echo after")))
    said = failure(run(server, source=source))
    assert said.splitlines()[0].endswith("executing command: false. Reason: exit status 1")
    assert "after" not in said.splitlines()


def test_commands_of_windows_are_not_rehearsed(
    server: Sandbox, pipeline: Small, whole: dict[str, Any], source: Path
) -> None:
    windows = {"EnvironmentType": "WINDOWS_SERVER_2022_CONTAINER"}
    pipeline.change(with_stage(whole, {**commands("dir"), "configuration": windows}))
    assert "are not rehearsed" in failure(run(server, source=source))


def test_command_of_several_lines_fails(
    server: Sandbox, pipeline: Small, whole: dict[str, Any], source: Path
) -> None:
    pipeline.change(with_stage(whole, commands("echo 1\necho 2")))
    assert "several lines" in failure(run(server, source=source))

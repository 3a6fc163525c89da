"""Starts: by revisions and variables, by another pipeline, by its success, on schedule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust
from tests.sandbox_gate.judging.callers import ADMINISTRATOR, document
from tests.sandbox_gate.services.test_codepipeline import CONNECTION, _action

EXECUTION = "#{codepipeline.PipelineExecutionId}"


def _pipeline(role: str, name: str, source: dict[str, Any], *stages: Any) -> dict[str, Any]:
    return {
        "name": name,
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": [{"name": "Source", "actions": [source]}, *stages],
    }


def _deploy(artifact: str) -> dict[str, Any]:
    configuration = {"BucketName": "site", "Extract": "true"}
    inputs = [{"name": artifact}]
    action = _action("Deploy", "Deploy", "S3", inputArtifacts=inputs, configuration=configuration)
    return {"name": "Deploy", "actions": [action]}


@pytest.fixture
def role(aws: Clients) -> str:
    """Return the ARN of a role of CodePipeline."""
    made = aws("iam").create_role(
        RoleName="pipeline", AssumeRolePolicyDocument=trust(service="codepipeline.amazonaws.com")
    )
    aws("iam").attach_role_policy(RoleName="pipeline", PolicyArn=ADMINISTRATOR)
    arn: str = made["Role"]["Arn"]
    return arn


@pytest.fixture
def promoting(aws: Clients, role: str) -> Any:
    """Return CodePipeline with `orders-dev`, which promotes to `orders-prod`."""
    client = aws("codepipeline")
    promoted = _action(
        "Build",
        "Source",
        "S3",
        outputArtifacts=[{"name": "Build"}],
        configuration={
            "S3Bucket": "artifacts",
            "S3ObjectKey": "promoted/orders-dev/none/Build.zip",
            "AllowOverrideForS3ObjectKey": "true",
        },
    )
    prod = _pipeline(role, "orders-prod", promoted, _deploy("Build"))
    prod["variables"] = [{"name": name, "defaultValue": "none"} for name in ("REVISION", "RELEASE")]
    client.create_pipeline(pipeline=prod)
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": "Source"}],
        configuration=CONNECTION,
        namespace="SourceVariables",
    )
    key = f"promoted/orders-dev/{EXECUTION}/Build.zip"
    revision = {"actionName": "Build", "revisionType": "S3_OBJECT_KEY", "revisionValue": key}
    start = _action(
        "Start",
        "Invoke",
        "CodePipeline",
        configuration={
            "PipelineName": "orders-prod",
            "SourceRevisions": json.dumps([revision]),
            "Variables": json.dumps(
                [
                    {"name": "REVISION", "value": "#{SourceVariables.CommitId}"},
                    {"name": "RELEASE", "value": EXECUTION},
                ]
            ),
        },
    )
    promote = {"name": "Promote", "actions": [start]}
    dev = _pipeline(role, "orders-dev", source, _deploy("Source"), promote)
    client.create_pipeline(pipeline=dev)
    return client


def _executions(client: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.list_pipeline_executions(pipelineName=name)[
        "pipelineExecutionSummaries"
    ]
    return found


def test_first_execution_of_a_promoted_pipeline_fails_at_its_source(promoting: Any) -> None:
    assert _executions(promoting, "orders-prod")[-1]["status"] == "Failed"


def test_action_starts_another_pipeline_with_its_revisions_and_variables(promoting: Any) -> None:
    revision = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "1111111"}
    started = promoting.start_pipeline_execution(name="orders-dev", sourceRevisions=[revision])
    latest = _executions(promoting, "orders-prod")[0]
    assert latest["status"] == "Succeeded"
    (source,) = latest["sourceRevisions"]
    identity = started["pipelineExecutionId"]
    assert source["revisionId"] == f"promoted/orders-dev/{identity}/Build.zip"
    execution = promoting.get_pipeline_execution(
        pipelineName="orders-prod", pipelineExecutionId=latest["pipelineExecutionId"]
    )["pipelineExecution"]
    values = {each["name"]: each["resolvedValue"] for each in execution["variables"]}
    assert values == {"REVISION": "1111111", "RELEASE": identity}


def test_action_that_names_no_pipeline_fails_its_stage(promoting: Any) -> None:
    promoting.delete_pipeline(name="orders-prod")
    promoting.start_pipeline_execution(name="orders-dev")
    assert _executions(promoting, "orders-dev")[0]["status"] == "Failed"


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        (("Other", "COMMIT_ID"), "does not exist"),
        (("Source", "S3_OBJECT_KEY"), "does not apply"),
        (("Source", "IMAGE_DIGEST"), "does not apply"),
    ],
)
def test_revision_of_another_source_is_refused(
    promoting: Any, revision: tuple[str, str], message: str
) -> None:
    name, kind = revision
    sent = {"actionName": name, "revisionType": kind, "revisionValue": "x"}
    code, said = error_of(
        promoting.start_pipeline_execution, name="orders-dev", sourceRevisions=[sent]
    )
    assert code == "ValidationException"
    assert message in said


def test_key_of_an_object_is_overridden_only_where_the_action_allows_it(
    aws: Clients, role: str
) -> None:
    client = aws("codepipeline")
    source = _action(
        "Source",
        "Source",
        "S3",
        outputArtifacts=[{"name": "Source"}],
        configuration={"S3Bucket": "sources", "S3ObjectKey": "orders.zip"},
    )
    client.create_pipeline(pipeline=_pipeline(role, "orders", source, _deploy("Source")))
    sent = {"actionName": "Source", "revisionType": "S3_OBJECT_KEY", "revisionValue": "x.zip"}
    _, said = error_of(client.start_pipeline_execution, name="orders", sourceRevisions=[sent])
    assert "AllowOverrideForS3ObjectKey" in said


def test_variable_that_is_not_declared_is_refused(promoting: Any) -> None:
    sent = [{"name": "LEVEL", "value": "debug"}]
    code, said = error_of(promoting.start_pipeline_execution, name="orders-prod", variables=sent)
    assert code == "ValidationException"
    assert "LEVEL" in said


def test_pipeline_has_at_most_fifty_variables(aws: Clients, role: str) -> None:
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": "Source"}],
        configuration=CONNECTION,
    )
    made = _pipeline(role, "orders", source, _deploy("Source"))
    made["variables"] = [{"name": f"V{number}", "defaultValue": "x"} for number in range(51)]
    code, said = error_of(aws("codepipeline").create_pipeline, pipeline=made)
    assert code == "ValidationException"
    assert "50" in said


def test_success_starts_the_pipelines_of_rules_whose_role_may_start_them(
    aws: Clients, promoting: Any
) -> None:
    events = aws("events")
    pattern = {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {
            "pipeline": ["orders-prod"],
            "state": ["SUCCEEDED"],
            "execution-trigger": {
                "trigger-type": [{"exists": False}, {"anything-but": ["ManualRollback"]}]
            },
        },
    }
    starter = aws("iam").create_role(
        RoleName="starter", AssumeRolePolicyDocument=trust(service="events.amazonaws.com")
    )["Role"]["Arn"]
    arn = f"arn:aws:codepipeline:eu-west-1:{MANAGEMENT}:checks"
    events.put_rule(Name="after", EventPattern=json.dumps(pattern))
    target = {"Id": "pipeline", "Arn": arn, "RoleArn": starter}
    events.put_targets(Rule="after", Targets=[target])
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": "Source"}],
        configuration=CONNECTION,
    )
    role = promoting.get_pipeline(name="orders-dev")["pipeline"]["roleArn"]
    promoting.create_pipeline(pipeline=_pipeline(role, "checks", source, _deploy("Source")))
    promoting.start_pipeline_execution(name="orders-dev")

    def triggers() -> list[str]:
        return [each["trigger"]["triggerType"] for each in _executions(promoting, "checks")]

    assert triggers() == ["CreatePipeline"]
    policy = document({"Action": "codepipeline:StartPipelineExecution", "Resource": arn})
    aws("iam").put_role_policy(RoleName="starter", PolicyName="own", PolicyDocument=policy)
    promoting.start_pipeline_execution(name="orders-dev")
    assert triggers() == ["CloudWatchEvent", "CreatePipeline"]


def _schedule(role: str, **changes: Any) -> dict[str, Any]:
    target = {"Arn": f"arn:aws:codepipeline:eu-west-1:{MANAGEMENT}:orders", "RoleArn": role}
    return {
        "Name": "nightly",
        "ScheduleExpression": "cron(0 6 ? * MON-FRI *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
        **changes,
    }


def test_schedule_of_a_role_that_trusts_scheduler_is_created(aws: Clients) -> None:
    role = aws("iam").create_role(
        RoleName="scheduler", AssumeRolePolicyDocument=trust(service="scheduler.amazonaws.com")
    )["Role"]["Arn"]
    client = aws("scheduler")
    client.create_schedule(**_schedule(role))
    assert client.get_schedule(Name="nightly")["ScheduleExpressionTimezone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ScheduleExpression": "cron(0 6 * * *)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpression": "every day"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Europe/Bern"}, "is invalid"),
    ],
)
def test_schedule_that_scheduler_does_not_know_is_refused(
    aws: Clients, changes: dict[str, str], message: str
) -> None:
    role = aws("iam").create_role(
        RoleName="scheduler", AssumeRolePolicyDocument=trust(service="scheduler.amazonaws.com")
    )["Role"]["Arn"]
    code, said = error_of(aws("scheduler").create_schedule, **_schedule(role, **changes))
    assert code == "ValidationException"
    assert message in said


def test_schedule_of_a_role_that_scheduler_cannot_assume_is_refused(
    aws: Clients, role: str
) -> None:
    code, said = error_of(aws("scheduler").create_schedule, **_schedule(role))
    assert code == "ValidationException"
    assert "must allow AWS EventBridge Scheduler" in said

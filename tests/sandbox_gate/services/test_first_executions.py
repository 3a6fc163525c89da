"""The execution that a pipeline's creation starts, and entry conditions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

from __future__ import annotations

from typing import Any

import pytest

from landfall.sandbox.across_services.quotas import TABLE
from tests.sandbox_gate.conftest import Clients
from tests.sandbox_gate.services.test_codepipeline import IMAGE, Pipeline, _action, pipeline

__all__ = ["pipeline"]


def guarded(pipeline: Pipeline, variable: str, operator: str, value: str) -> Pipeline:
    """Return the pipeline with an entry condition of its last stage."""
    kind = {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}
    rule = {
        "name": "Source",
        "ruleTypeId": kind,
        "configuration": {
            "Variable": f"#{{SourceVariables.{variable}}}",
            "Operator": operator,
            "Value": value,
        },
    }
    pipeline["stages"][0]["actions"][0]["namespace"] = "SourceVariables"
    pipeline["stages"][-1]["beforeEntry"] = {"conditions": [{"result": "FAIL", "rules": [rule]}]}
    return pipeline


def first(aws: Clients, pipeline: Pipeline) -> tuple[dict[str, Any], dict[str, str]]:
    """Create a pipeline and return its one execution, and the status of its stages."""
    client = aws("codepipeline")
    client.create_pipeline(pipeline=pipeline)
    (execution,) = client.list_pipeline_executions(pipelineName=pipeline["name"])[
        "pipelineExecutionSummaries"
    ]
    states = client.get_pipeline_state(name=pipeline["name"])["stageStates"]
    reached = {
        each["stageName"]: each["latestExecution"]["status"]
        for each in states
        if "latestExecution" in each
    }
    return execution, reached


def test_creation_of_a_pipeline_starts_an_execution(aws: Clients, pipeline: Pipeline) -> None:
    execution, stages = first(aws, pipeline)
    assert execution["trigger"]["triggerType"] == "CreatePipeline"
    assert execution["status"] == "Succeeded"
    assert stages == {"Source": "Succeeded", "Build": "Succeeded"}


@pytest.mark.parametrize(
    ("variable", "operator", "value", "status"),
    [
        # The configured branch is main.
        ("BranchName", "MATCHES", "^release/[^/]*$", "Failed"),
        ("BranchName", "MATCHES", "^main$", "Succeeded"),
        ("BranchName", "EQ", "main", "Succeeded"),
        ("BranchName", "NE", "main", "Failed"),
        ("BranchName", "CONTAINS", "ai", "Succeeded"),
        # No push of a tag gave this one.
        ("TagName", "MATCHES", ".*", "Failed"),
    ],
)
def test_entry_condition_decides_on_the_branch_of_the_first_execution(
    aws: Clients, pipeline: Pipeline, variable: str, operator: str, value: str, status: str
) -> None:
    execution, stages = first(aws, guarded(pipeline, variable, operator, value))
    assert execution["status"] == status
    assert stages["Build"] == status


def test_stage_with_a_skipping_condition_is_skipped(aws: Clients, pipeline: Pipeline) -> None:
    structure = guarded(pipeline, "BranchName", "EQ", "other")
    structure["stages"][1]["beforeEntry"]["conditions"][0]["result"] = "SKIP"
    execution, stages = first(aws, structure)
    assert (execution["status"], stages["Build"]) == ("Succeeded", "Skipped")


def test_first_execution_fails_at_a_pending_connection(aws: Clients, pipeline: Pipeline) -> None:
    arn = aws("codeconnections").create_connection(ProviderType="GitHub", ConnectionName="github")[
        "ConnectionArn"
    ]
    pipeline["stages"][0]["actions"][0]["configuration"]["ConnectionArn"] = arn
    execution, stages = first(aws, pipeline)
    assert execution["status"] == "Failed"
    assert stages == {"Source": "Failed"}


@pytest.mark.parametrize("tag", [None, "v1"])
def test_first_execution_fails_without_an_image_of_the_tag(
    aws: Clients, pipeline: Pipeline, tag: str | None
) -> None:
    image = _action(
        "Image",
        "Source",
        "ECR",
        outputArtifacts=[{"name": "Image"}],
        configuration=IMAGE | ({"ImageTag": tag} if tag else {}),
    )
    pipeline["stages"][0]["actions"].append(image)
    client = aws("ecr")
    client.create_repository(repositoryName=IMAGE["RepositoryName"])
    assert first(aws, pipeline)[1] == {"Source": "Failed"}
    manifest = '{"schemaVersion": 2, "config": {"digest": "sha256:1"}, "layers": []}'
    client.put_image(
        repositoryName=IMAGE["RepositoryName"],
        imageManifest=manifest,
        imageManifestMediaType="application/vnd.docker.distribution.manifest.v2+json",
        imageTag=tag or "latest",
    )
    assert first(aws, pipeline | {"name": "second"})[0]["status"] == "Succeeded"


def test_stage_with_more_builds_at_once_than_the_quota_fails(
    aws: Clients, pipeline: Pipeline
) -> None:
    build = pipeline["stages"][1]["actions"][0]
    most = TABLE["codebuild.running_builds"].value
    pipeline["stages"][1]["actions"] = [
        {**build, "name": f"Build{number}"} for number in range(most + 1)
    ]
    assert first(aws, pipeline)[1] == {"Source": "Succeeded", "Build": "Failed"}
    pipeline["stages"][1]["actions"][-1]["runOrder"] = 2
    assert first(aws, pipeline | {"name": "second"})[0]["status"] == "Succeeded"

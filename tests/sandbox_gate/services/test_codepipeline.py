"""Refusals and responses of CodePipeline."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust
from tests.sandbox_gate.judging.callers import ADMINISTRATOR

Pipeline = dict[str, Any]


CONNECTION = {
    "ConnectionArn": f"arn:aws:codeconnections:eu-west-1:{MANAGEMENT}:connection/example",
    "FullRepositoryId": "example/orders",
    "BranchName": "main",
}
IMAGE = {"RepositoryName": "orders"}


def _action(name: str, category: str, provider: str, **members: Any) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind} | members


@pytest.fixture
def pipeline(aws: Clients) -> Pipeline:
    """Return a structure that CodePipeline accepts."""
    role = aws("iam").create_role(
        RoleName="pipeline", AssumeRolePolicyDocument=trust(service="codepipeline.amazonaws.com")
    )["Role"]["Arn"]
    aws("iam").attach_role_policy(RoleName="pipeline", PolicyArn=ADMINISTRATOR)
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=[{"name": "Source"}],
        configuration=CONNECTION,
    )
    build = _action(
        "Build",
        "Build",
        "CodeBuild",
        inputArtifacts=[{"name": "Source"}],
        configuration={"ProjectName": "orders"},
    )
    return {
        "name": "orders",
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Build", "actions": [build], "onFailure": {"result": "ROLLBACK"}},
        ],
        "triggers": [_trigger()],
    }


def _trigger(pushes: int = 1, branches: int = 1) -> dict[str, Any]:
    push = {"branches": {"includes": [f"branch-{number}" for number in range(branches)]}}
    return {
        "providerType": "CodeStarSourceConnection",
        "gitConfiguration": {"sourceActionName": "Source", "push": [push] * pushes},
    }


def test_pipeline_is_returned_as_it_was_created(aws: Clients, pipeline: Pipeline) -> None:
    client = aws("codepipeline")
    tags = [{"key": "team", "value": "orders"}]
    client.create_pipeline(pipeline=pipeline, tags=tags)
    found = client.get_pipeline(name="orders")
    assert found["pipeline"]["triggers"] == pipeline["triggers"]
    assert found["pipeline"]["stages"][1]["onFailure"] == {"result": "ROLLBACK"}
    assert isinstance(found["metadata"]["created"], datetime)
    assert isinstance(client.list_pipelines()["pipelines"][0]["updated"], datetime)
    arn = found["metadata"]["pipelineArn"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == tags


def _set(path: str, value: Any) -> Callable[[Pipeline], None]:
    def change(pipeline: Pipeline) -> None:
        at: Any = pipeline
        *above, last = path.split(".")
        for part in above:
            at = at[int(part) if part.isdigit() else part]
        if value is None:
            at.pop(last)
        else:
            at[last] = value

    return change


_RULE = {
    "name": "Alarm",
    "ruleTypeId": {"category": "Rule", "provider": "CloudWatchAlarm", "version": "1"},
}


def _commit() -> dict[str, Any]:
    return _action(
        "Source",
        "Source",
        "CodeCommit",
        outputArtifacts=[{"name": "Source"}],
        configuration={"RepositoryName": "orders", "BranchName": "main"},
    )


_ROLE = f"arn:aws:iam::{MANAGEMENT}:role/Absent"
_STORE = {"type": "S3", "location": "artifacts"}


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (_set("executionMode", "PARALLEL"), "InvalidStageDeclarationException", "PARALLEL"),
        (_set("pipelineType", "V1"), "InvalidStructureException", "V2"),
        (_set("roleArn", _ROLE), "InvalidStructureException", "AssumeRole"),
        (_set("stages.0.onFailure", {"result": "ROLLBACK"}),
         "InvalidStageDeclarationException", "source stage"),
        (_set("stages.1.name", "Source"), "InvalidStageDeclarationException", "more than once"),
        (_set("stages.1.actions.0.inputArtifacts", [{"name": "Other"}]),
         "InvalidActionDeclarationException", "preceding"),
        (_set("stages.1.actions.0.outputArtifacts", [{"name": "Source"}]),
         "InvalidActionDeclarationException", "more than once"),
        (_set("stages.1.actions.0.region", "us-east-1"), "InvalidStructureException", "us-east-1"),
        (_set("artifactStore", None), "InvalidStructureException", "artifactStores"),
        (_set("artifactStores", {"eu-west-1": _STORE}), "InvalidStructureException", "Exactly one"),
        (_set("triggers", [_trigger()] * 51), "", "triggers"),
        (_set("triggers", [_trigger(branches=9)]), "", "branches"),
        (_set("triggers", [_trigger(pushes=4)]), "", "push"),
        (_set("triggers.0.gitConfiguration.sourceActionName", "Other"),
         "InvalidStructureException", "must reference a CodeStarSourceConnection"),
        (_set("triggers.0.gitConfiguration.push.0.tags", {"includes": ["v*"]}),
         "InvalidStructureException", "either tags, or branches"),
        (_set("triggers.0.gitConfiguration.pullRequest", [{"branches": {"includes": ["a"]}}] * 4),
         "", "pullRequest"),
        (_set("stages.0.actions", [_commit()]),
         "InvalidStructureException", "must reference a CodeStarSourceConnection"),
        (_set("stages.1.actions.0.runOrder", 1000), "ValidationException", "runOrder"),
        (
            _set("stages.1.actions.0.configuration", {"EnvironmentVariables": "x" * 1001}),
            "ValidationException",
            "1000",
        ),
        (_set("stages.1.beforeEntry", {"conditions": [{"rules": [_RULE] * 6}]}), "", "rules"),
    ],
)  # fmt: skip
def test_pipeline_structure_that_codepipeline_refuses_is_refused(
    sandbox: Any,
    pipeline: Pipeline,
    change: Callable[[Pipeline], None],
    code: str,
    message: str,
) -> None:
    client = sandbox.client("codepipeline", validate=False)
    wrong = copy.deepcopy(pipeline)
    change(wrong)
    found, text = error_of(client.create_pipeline, pipeline=wrong)
    # The service model refuses its own violations first.
    assert found in ((code,) if code else ("ValidationException", "LimitExceededException"))
    assert message in text
    client.create_pipeline(pipeline=pipeline)
    assert error_of(client.update_pipeline, pipeline=wrong)[0] == found


def test_source_outside_of_the_first_stage_is_refused(aws: Clients, pipeline: Pipeline) -> None:
    client = aws("codepipeline")
    second = copy.deepcopy(pipeline)
    second["stages"][1]["actions"].append(
        _action("Late", "Source", "S3", outputArtifacts=[{"name": "Late"}])
    )
    assert error_of(client.create_pipeline, pipeline=second)[0] == "InvalidStructureException"
    first = copy.deepcopy(pipeline)
    first["stages"][0]["actions"].append(_action("Early", "Build", "CodeBuild"))
    assert error_of(client.create_pipeline, pipeline=first)[0] == "InvalidStructureException"
    alone = copy.deepcopy(pipeline)
    alone["stages"].pop()
    code, _ = error_of(client.create_pipeline, pipeline=alone)
    assert code == "InvalidStructureException"


def test_the_role_may_trust_several(aws: Clients, pipeline: Pipeline) -> None:
    document = trust(service="codepipeline.amazonaws.com").replace(
        '"codepipeline.amazonaws.com"', '["codebuild.amazonaws.com", "codepipeline.amazonaws.com"]'
    )
    aws("iam").update_assume_role_policy(RoleName="pipeline", PolicyDocument=document)
    assert aws("codepipeline").create_pipeline(pipeline=pipeline)
    aws("iam").update_assume_role_policy(
        RoleName="pipeline", PolicyDocument=trust(f"arn:aws:iam::{MANAGEMENT}:root")
    )
    code, _ = error_of(aws("codepipeline").update_pipeline, pipeline=pipeline)
    assert code == "InvalidStructureException"


def test_a_build_of_several_inputs_says_which_has_its_specification(
    aws: Clients, pipeline: Pipeline
) -> None:
    client = aws("codepipeline")
    image = [{"name": "Image"}]
    pipeline["stages"][0]["actions"].append(
        _action("Image", "Source", "ECR", outputArtifacts=image, configuration=IMAGE)
    )
    (build,) = pipeline["stages"][1]["actions"]
    build["inputArtifacts"] += image
    code, message = error_of(client.create_pipeline, pipeline=pipeline)
    assert code == "InvalidActionDeclarationException"
    assert "PrimarySource" in message
    build["configuration"] = {"ProjectName": "orders", "PrimarySource": "Source"}
    client.create_pipeline(pipeline=pipeline)


def test_executions_take_the_revision_of_each_source(aws: Clients, pipeline: Pipeline) -> None:
    client = aws("codepipeline")
    pipeline["executionMode"] = "PARALLEL"
    pipeline["stages"][1].pop("onFailure")
    pipeline["stages"][0]["actions"].append(
        _action(
            "Image",
            "Source",
            "ECR",
            outputArtifacts=[{"name": "Image"}],
            configuration=IMAGE,
        )
    )
    client.create_pipeline(pipeline=pipeline)
    digest = {"actionName": "Image", "revisionType": "IMAGE_DIGEST", "revisionValue": "sha256:1"}
    client.start_pipeline_execution(name="orders", sourceRevisions=[digest])
    listed = client.list_pipeline_executions(pipelineName="orders")
    summary, _ = listed["pipelineExecutionSummaries"]
    revisions = {each["actionName"]: each["revisionId"] for each in summary["sourceRevisions"]}
    assert revisions["Image"] == "sha256:1"
    assert revisions["Source"] not in ("", "sha256:1")
    assert summary["executionMode"] == "PARALLEL"

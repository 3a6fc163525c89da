"""CodePipeline's refusals of actions, variables and conditions, through boto3.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.services.test_codepipeline import CONNECTION, IMAGE, _action

Pipeline = dict[str, Any]
Change = Callable[[Pipeline], None]

_SOURCE = [{"name": "Source"}]
_BUILT = [{"name": "Built"}]
_FUNCTION = {"FunctionName": "orders", "FunctionAlias": "live"}
_SERVICE = {"ClusterName": "apps", "ServiceName": "web", "DeploymentTimeout": "30"}
_INSTANCES = {"StackSetName": "base", "DeploymentTargets": MANAGEMENT, "Regions": "eu-west-1"}


@pytest.fixture
def pipeline(aws: Clients) -> Pipeline:
    """A pipeline with a namespace, a variable in use, two run orders, and conditions."""
    role = aws("iam").create_role(
        RoleName="pipeline", AssumeRolePolicyDocument=trust(service="codepipeline.amazonaws.com")
    )["Role"]["Arn"]
    variables = '[{"name": "COMMIT", "value": "#{SourceVariables.CommitId}"}]'
    source = _action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        outputArtifacts=_SOURCE,
        configuration=CONNECTION,
        namespace="SourceVariables",
    )
    build = _action(
        "Build",
        "Build",
        "CodeBuild",
        inputArtifacts=_SOURCE,
        outputArtifacts=_BUILT,
        configuration={"ProjectName": "orders", "EnvironmentVariables": variables},
        namespace="BuildVariables",
        runOrder=1,
    )
    deploy = _action(
        "Deploy",
        "Deploy",
        "Lambda",
        inputArtifacts=_BUILT,
        configuration=_FUNCTION | {"DeployStrategy": "Canary10Percent5Minutes"},
        runOrder=2,
    )
    return {
        "name": "orders",
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "variables": [{"name": "RELEASE", "defaultValue": "1"}],
        "stages": [
            {"name": "Source", "actions": [source]},
            {
                "name": "Deploy",
                "actions": [build, deploy],
                "beforeEntry": _condition("FAIL", _rule("DeploymentWindow", Cron="* * 9-16 ? * *")),
                "onSuccess": _condition("ROLLBACK", _rule("CloudWatchAlarm", AlarmName="errors")),
                "onFailure": {"result": "ROLLBACK"},
            },
        ],
    }


def _rule(provider: str, **configuration: str) -> dict[str, Any]:
    kind = {"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": provider, "ruleTypeId": kind, "configuration": configuration}


def _condition(result: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": [{"result": result, "rules": list(rules)}]}


def _of_action(name: str, **members: Any) -> Change:
    """Return a change of the members of an action; None removes one."""

    def change(pipeline: Pipeline) -> None:
        (found,) = [
            action
            for stage in pipeline["stages"]
            for action in stage["actions"]
            if action["name"] == name
        ]
        found.update(members)
        for member, value in members.items():
            if value is None:
                del found[member]

    return change


def _of_stage(**members: Any) -> Change:
    def change(pipeline: Pipeline) -> None:
        pipeline["stages"][1].update(members)

    return change


def _more(*actions: dict[str, Any]) -> Change:
    def change(pipeline: Pipeline) -> None:
        pipeline["stages"][1]["actions"] += actions

    return change


def _kind(**members: str) -> dict[str, str]:
    return {"category": "Deploy", "owner": "AWS", "provider": "Lambda", "version": "1"} | members


def _refers(text: str) -> Change:
    return _of_action("Deploy", configuration=_FUNCTION | {"PublishedTargetVersion": text})


_ARTIFACTS = [{"name": f"Made{number}"} for number in range(6)]


@pytest.mark.parametrize(
    "change",
    [
        lambda pipeline: None,
        _of_action("Deploy", inputArtifacts=[], configuration=_FUNCTION),
        _of_action("Deploy", configuration=_FUNCTION | {"DeployStrategy": "No form at creation"}),
        _of_action("Deploy", actionTypeId=_kind(provider="ECS"), configuration=_SERVICE),
        _of_action(
            "Deploy",
            actionTypeId=_kind(provider="CloudFormationStackInstances"),
            inputArtifacts=[],
            configuration=_INSTANCES,
        ),
        _refers("#{BuildVariables.ANY}"),
        _refers("#{SourceVariables.NoSuchKey}"),
        _refers("#{variables.RELEASE}"),
        _refers("#{codepipeline.PipelineExecutionId}"),
        _of_stage(beforeEntry=_condition("SKIP", _rule("LambdaInvoke", FunctionName="decide"))),
        _more(_action("Ask", "Approval", "Manual", runOrder=3, configuration={"CustomData": "x"})),
        _more(
            _action(
                "Run",
                "Compute",
                "Commands",
                commands=["echo #{BuildVariables.ANY}"],
                inputArtifacts=_BUILT,
                runOrder=3,
            )
        ),
    ],
)
def test_pipeline_that_codepipeline_accepts_is_created(
    aws: Clients, pipeline: Pipeline, change: Change
) -> None:
    change(pipeline)
    client = aws("codepipeline")
    client.create_pipeline(pipeline=pipeline)
    assert client.update_pipeline(pipeline=pipeline)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (_of_action("Deploy", actionTypeId=_kind(provider="CodeDeployToLambda")),
         "Action", "in action 'Deploy' is not available in region 'EU_WEST_1'"),
        (_of_action("Deploy", actionTypeId=_kind(category="Build")), "Action", "not available"),
        (_of_action("Deploy", actionTypeId=_kind(owner="ThirdParty")), "Action", "not available"),
        (_of_action("Deploy", actionTypeId=_kind(version="2")), "Action", "not available"),
        (_of_action("Deploy", configuration={}), "Action",
         "Action configuration for action 'Deploy' is missing required configuration "
         "'FunctionName'"),
        (_of_action("Deploy", configuration=_FUNCTION | {"Alias": "live"}), "Action",
         "Action configuration for action 'Deploy' contains unknown configuration 'Alias'"),
        (_of_action("Deploy", actionTypeId=_kind(provider="ECS"),
                    configuration={"ServiceName": "web"}), "Action",
         "is missing required configuration 'ClusterName'"),
        (_of_action("Deploy", actionTypeId=_kind(provider="CloudFormationStackInstances"),
                    configuration={"StackSetName": "base"}), "Action",
         "is missing required configuration 'Regions'"),
        (_of_action("Build", inputArtifacts=[]), "Action",
         "Action Build declares 0 input artifacts which is less than the minimum count (1)"),
        (_of_action("Build", outputArtifacts=_ARTIFACTS), "Action", "maximum count (5)"),
        (_of_action("Deploy", inputArtifacts=[*_SOURCE, *_BUILT]), "Action", "maximum count (1)"),
        (_of_action("Deploy", runOrder=1), "Action", "any of the preceding actions"),
        (_of_action("Build", namespace="SourceVariables"), "Action",
         "Namespaces must be unique across the pipeline definition"),
        (_of_action("Build", namespace="Built"), "Action", "names of artifacts"),
        (_of_action("Build", namespace="codepipeline"), "Action", "reserved"),
        (_of_action("Source", namespace=None), "Action",
         "ActionConfigurationKey=[EnvironmentVariables], "
         "VariableReferenceText=[SourceVariables.CommitId]"),
        (_refers("#{Nowhere.Version}"), "Action", "a namespace that does not exist"),
        (_refers("#{Version}"), "Action", "Valid format for a pipeline execution variable"),
        (_refers("#{variables.OTHER}"), "Structure", "haven't been declared"),
        (_of_action("Source", configuration=CONNECTION | {"BranchName": "#{variables.RELEASE}"}),
         "Structure", "cannot be used in source actions"),
        (_of_action("Build", configuration={"ProjectName": "#{BuildVariables.Own}"}), "Action",
         "of an action that does not come before"),
        (_more(_action("Ask", "Approval", "Manual", configuration={
            "NotificationArn": f"arn:aws:sns:us-east-1:{MANAGEMENT}:ask"})),
         "Action", "not in the same region as the pipeline"),
        (_more(_action("Ask", "Approval", "Manual", configuration={
            "NotificationArn": f"arn:aws:sqs:eu-west-1:{MANAGEMENT}:ask"})),
         "Action", "cannot be used to send approval requests"),
        (_of_stage(beforeEntry=_condition("ROLLBACK", _rule("CloudWatchAlarm", AlarmName="a"))),
         "Stage", "Result ROLLBACK is not supported for beforeEntry"),
        (_of_stage(beforeEntry=_condition("SKIP", _rule("CloudWatchAlarm", AlarmName="a"))),
         "Stage", "cannot be in a condition with the result SKIP"),
        (_of_stage(onSuccess=_condition("SKIP", _rule("CloudWatchAlarm", AlarmName="a"))),
         "Stage", "Result SKIP is not supported for onSuccess"),
        (_of_stage(onSuccess=_condition("FAIL", _rule("CloudWatchAlarm", Alarm="a"))),
         "Stage", "'AlarmName'"),
        (_of_stage(onSuccess=_condition("FAIL", _rule("Metric", AlarmName="a"))),
         "Stage", "RuleType (Category: 'Rule', Provider: 'Metric'"),
        (_of_stage(onFailure={
            "result": "RETRY", **_condition("FAIL", _rule("LambdaInvoke", FunctionName="a"))}),
         "Stage", "both top level result and conditions: 'Deploy'"),
        (lambda pipeline: pipeline["variables"].append({"name": "RELEASE"}),
         "Structure", "Variable names must be unique"),
        (lambda pipeline: pipeline.update(executionMode="PARALLEL"), "Stage", "PARALLEL pipeline"),
    ],
)  # fmt: skip
def test_pipeline_that_codepipeline_refuses_gets_its_error(
    aws: Clients, pipeline: Pipeline, change: Change, code: str, message: str
) -> None:
    wrong = copy.deepcopy(pipeline)
    change(wrong)
    client = aws("codepipeline")
    names = {
        "Action": "InvalidActionDeclarationException",
        "Stage": "InvalidStageDeclarationException",
        "Structure": "InvalidStructureException",
    }
    found, text = error_of(client.create_pipeline, pipeline=wrong)
    assert (found, message in text) == (names[code], True), text
    client.create_pipeline(pipeline=pipeline)
    assert error_of(client.update_pipeline, pipeline=wrong) == (found, text)


@pytest.mark.parametrize("length", [1_000, 1_001])
def test_a_configuration_value_has_1000_characters(
    sandbox: Sandbox, pipeline: Pipeline, length: int
) -> None:
    client = sandbox.client("codepipeline", validate=False)
    _of_action("Deploy", configuration=_FUNCTION | {"Alarms": "a" * length})(pipeline)
    if length <= 1_000:
        assert client.create_pipeline(pipeline=pipeline)
        return
    code, text = error_of(client.create_pipeline, pipeline=pipeline)
    assert code == "ValidationException"
    assert "1000" in text


def test_v2_actions_are_refused_in_v1(aws: Clients, pipeline: Pipeline) -> None:
    first = {**pipeline, "pipelineType": "V1", "executionMode": "SUPERSEDED"}
    del first["variables"]
    first["stages"][1] = {
        key: value for key, value in first["stages"][1].items() if key in ("name", "actions")
    }
    code, text = error_of(aws("codepipeline").create_pipeline, pipeline=first)
    assert code == "InvalidActionDeclarationException"
    assert text.endswith("Lambda Action can only be used with V2 pipelines.")


def test_sources_stay_in_the_region_of_their_pipeline(aws: Clients, pipeline: Pipeline) -> None:
    client = aws("codepipeline")
    store = {"type": "S3", "location": "artifacts"}
    del pipeline["artifactStore"]
    pipeline["artifactStores"] = {"eu-west-1": store, "us-east-1": store}
    _of_action("Deploy", region="us-east-1")(pipeline)
    wrong = copy.deepcopy(pipeline)
    _of_action("Source", region="us-east-1")(wrong)
    code, text = error_of(client.create_pipeline, pipeline=wrong)
    assert code == "InvalidStructureException"
    assert "CodeStarSourceConnection" in text
    client.create_pipeline(pipeline=pipeline)


def test_a_pipeline_of_sources_alone_is_refused(aws: Clients, pipeline: Pipeline) -> None:
    image = _action("Image", "Source", "ECR", outputArtifacts=_BUILT, configuration=IMAGE)
    pipeline["stages"][1] = {"name": "More", "actions": [image]}
    code, _ = error_of(aws("codepipeline").create_pipeline, pipeline=pipeline)
    assert code == "InvalidStructureException"

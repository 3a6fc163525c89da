"""Check the pipelines of the components against the catalogue of action types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from landfall.aws.codepipeline.catalogue import find
from landfall.aws.codepipeline.checking import failures, refusals
from tests.components.conftest import Registered
from tests.components.test_deployments import _granted, _stages, registered
from tests.components.test_program_deployments import programs

__all__ = ["programs", "registered"]

_PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def structure(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pipeline of Pulumi's AWS provider in the form of CodePipeline's API."""
    stores = inputs["artifactStores"]
    made = {
        "name": inputs["name"],
        "roleArn": inputs["roleArn"],
        "pipelineType": inputs.get("pipelineType", "V1"),
        "executionMode": inputs.get("executionMode", "SUPERSEDED"),
        "stages": [_stage(stage) for stage in inputs["stages"]],
        "triggers": [_trigger(each) for each in inputs.get("triggers", [])],
        "variables": inputs.get("variables", []),
    }
    if len(stores) == 1 and "region" not in stores[0]:
        return made | {"artifactStore": stores[0]}
    return made | {"artifactStores": {store["region"]: store for store in stores}}


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    result = {"name": stage["name"], "actions": [_action(each) for each in stage["actions"]]}
    for name in ("beforeEntry", "onSuccess", "onFailure"):
        if name in stage:
            held = dict(stage[name])
            condition = held.pop("condition", None)
            result[name] = held | ({"conditions": [condition]} if condition else {})
    return result


def _action(action: Mapping[str, Any]) -> dict[str, Any]:
    id_ = {key: action[key] for key in ("category", "owner", "provider", "version")}
    kept = ("name", "configuration", "region", "roleArn", "runOrder", "namespace")
    return {
        "actionTypeId": id_,
        **{key: action[key] for key in kept if key in action},
        **{
            key: [{"name": name} for name in action.get(key, [])]
            for key in ("inputArtifacts", "outputArtifacts")
        },
    }


def _trigger(trigger: Mapping[str, Any]) -> dict[str, Any]:
    git = dict(trigger["gitConfiguration"])
    git["push"] = git.pop("pushes", [])
    git["pullRequest"] = git.pop("pullRequests", [])
    return {"providerType": trigger["providerType"], "gitConfiguration": git}


def _pipelines(registered: Registered) -> Iterator[dict[str, Any]]:
    for inputs in registered.of(_PIPELINE).values():
        yield structure(inputs)


def _told(registered: Registered) -> list[str]:
    return [
        f"{pipeline['name']}: {why}"
        for pipeline in _pipelines(registered)
        for why in (
            *(problem.text for problem in refusals(pipeline, "eu-west-1")),
            *failures(pipeline),
        )
    ]


def types_of(registered: Registered) -> set[tuple[str, str, str]]:
    found = set()
    for pipeline in _pipelines(registered):
        for stage in pipeline["stages"]:
            ids = [action["actionTypeId"] for action in stage["actions"]]
            ids += [
                rule["ruleTypeId"]
                for name in ("beforeEntry", "onSuccess", "onFailure")
                for condition in stage.get(name, {}).get("conditions", [])
                for rule in condition["rules"]
            ]
            found |= {(each["category"], each["owner"], each["provider"]) for each in ids}
    return found


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_pipelines_of_a_shipped_stack_are_valid_for_codepipeline(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    assert len(list(_pipelines(shipped(stack)))) > 5
    assert _told(shipped(stack)) == []


def test_pipeline_of_each_deployment_kind_is_valid_for_codepipeline(
    registered: Registered, programs: Registered
) -> None:
    assert _told(registered) == []
    assert _told(programs) == []


_PLATFORMS = {"CodeDeploy": "Server", "CodeDeployToECS": "ECS"}


def test_actions_of_codedeploy_name_applications_of_their_platform(
    registered: Registered,
) -> None:
    """The demands `application-platform-is-server` and `application-platform-is-ecs`."""
    platforms = {
        each["name"]: each["computePlatform"]
        for each in registered.of("aws:codedeploy/application:Application").values()
    }
    wanted = {
        action["configuration"]["ApplicationName"]: _PLATFORMS[action["actionTypeId"]["provider"]]
        for pipeline in _pipelines(registered)
        for stage in pipeline["stages"]
        for action in stage["actions"]
        if action["actionTypeId"]["provider"] in _PLATFORMS
    }
    assert wanted == platforms
    assert set(wanted.values()) == {"Server", "ECS"}


@pytest.mark.parametrize(
    "kind", ["baseline", "function", "instances", "rolling", "service", "template"]
)
def test_deploy_role_has_the_permissions_that_its_actions_ask_for(
    registered: Registered, kind: str
) -> None:
    granted = set(_granted(registered, f"{kind}-prod-target"))
    for action in _stages(registered, f"{kind}-prod")["Deploy"]["actions"]:
        described = find("Deploy", action["provider"])
        assert described is not None
        # Landfall uses change sets, not CREATE_UPDATE, REPLACE_ON_FAILURE or DELETE_ONLY.
        direct = {f"cloudformation:{verb}Stack" for verb in ("Create", "Delete", "Update")}
        validation = {"cloudformation:ValidateTemplate"}
        assert set(described.permissions) - direct - validation <= granted

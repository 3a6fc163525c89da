"""Deployments by programs, EKS, functions, builds and sites: stages, plans and exact roles."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.aws.codepipeline.catalogue import find
from landfall.settings import naming
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

PERMISSIONS = [{"sid": "Queues", "actions": "sqs:CreateQueue"}]
KEY = "arn:aws:kms:eu-west-1:333333333333:key/0a1b2c3d-0000-1111-2222-333344445555"
APPROVED: dict[str, Any] = {"approval": {"notify": "ops@example.com"}}
EAST = {"account": "orders", "region": "us-east-1"}
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "stack": (
        {
            "pulumi": "{environment}-{region}",
            "backend": "s3://stack-state-{accountId}-{region}/stack",
            "key": "stack/state",
            "refresh": True,
            "permissions": PERMISSIONS,
        },
        {**APPROVED, "waves": [[EAST]]},
    ),
    "quick": (
        {
            "pulumi": "{environment}",
            "backend": "s3://quick-state-{accountId}-{region}",
            "key": "quick/state",
            "permissions": PERMISSIONS,
        },
        {"waves": [[EAST]]},
    ),
    "config": (
        {
            "terraform": "config/{environment}",
            "backend": "s3://config-state-{accountId}",
            "key": "config/state",
            "tool": "opentofu",
            "variables": {"size": "3"},
            "varFiles": ["{environment}.tfvars"],
            "permissions": PERMISSIONS,
        },
        APPROVED,
    ),
    "script": (
        {
            "commands": ["make migrate", "make smoke"],
            "environment": {"MODE": "all"},
            "timeoutMinutes": 30,
            "permissions": PERMISSIONS,
        },
        {"rollback": {"alarms": ["availability"], "bakeMinutes": 5}},
    ),
    "chart": (
        {
            "eks": "apps",
            "namespace": "chart",
            "helm": {"release": "chart", "chart": "chart", "values": ["a.yaml", "b.yaml"]},
            "subnets": ["subnet-1", "subnet-2"],
            "securityGroups": "sg-1",
        },
        {"rollback": {"alarms": ["availability"]}},
    ),
    "manifests": ({"eks": "apps", "manifests": ["k8s/a.yaml", "k8s/b.yaml"]}, {"waves": [[EAST]]}),
    "step": (
        {"invoke": "deployer", "parameters": "#{SourceVariables.CommitId}"},
        {"rollback": {"onFailure": "retry"}},
    ),
    "build": (
        {"project": "releaser", "roles": "service/releaser", "environment": {"COLOR": "green"}},
        {},
    ),
    "pages": (
        {
            "s3": "example-pages",
            "key": KEY,
            "cacheControl": "no-cache",
            "groups": [
                {"artifact": "Assets", "cacheControl": "max-age=31536000, immutable"},
                {"artifact": "Docs", "folder": "docs"},
            ],
            "distribution": "E1A2B3C4D5E6F7",
            "paths": ["/", "/docs/*"],
        },
        {},
    ),
}


LONG = "program-with-a-long-name"
# A state of its own: no two pipelines may share one.
KINDS[LONG] = ({**KINDS["quick"][0], "backend": "s3://long-state-{accountId}-{region}"}, {})


@pytest.fixture(scope="module")
def programs(run: Runner) -> Registered:
    config = copy.deepcopy(CONFIG)
    config["landfall:delivery"] = {
        "connections": {"github": {"provider": "GitHub"}},
        "applications": {
            name: {
                "source": {"connection": "github", "repository": f"example/{name}"},
                "deploy": deploy,
                "environments": {"prod": {"account": "orders", **environment}},
            }
            for name, (deploy, environment) in KINDS.items()
        },
    }
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def _stages(programs: Registered, application: str) -> dict[str, list[dict[str, Any]]]:
    stages = programs.of("aws:codepipeline/pipeline:Pipeline")[f"{application}-prod"]["stages"]
    return {stage["name"]: stage["actions"] for stage in stages}


def _variables(action: dict[str, Any]) -> dict[str, str]:
    found = json.loads(action["configuration"]["EnvironmentVariables"])
    return {each["name"]: each["value"] for each in found}


def _granted(programs: Registered, role: str) -> dict[str, list[str]]:
    policy = programs.document("aws:iam/rolePolicy:RolePolicy", role, "policy")
    found: dict[str, list[str]] = {}
    for statement in policy["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found[action] = [*found.get(action, []), *statement["Resource"]]
    return found


def _role(name: str) -> str:
    return f"arn:aws:iam::222222222222:role/landfall/{name}"


@pytest.mark.parametrize("application", ["stack", "config"])
def test_approval_follows_the_plans_of_all_destinations(
    programs: Registered, application: str
) -> None:
    stages = _stages(programs, application)
    names = list(stages)
    assert names.index("Build") + 1 == names.index("Plan") == names.index("Approval") - 1
    (approval,) = stages["Approval"]
    asked = approval["configuration"]["CustomData"]
    for number, plan in enumerate(stages["Plan"], 1):
        assert plan["outputArtifacts"] == [f"Plan{number}"]
        assert plan["namespace"] == f"Plan{number}Variables"
        assert plan["runOrder"] == number
        assert _variables(plan)["MODE"] == "plan"
        assert f"#{{Plan{number}Variables.PLAN_SUMMARY}}" in asked


def test_deployment_applies_the_approved_plan_of_its_destination(programs: Registered) -> None:
    stages = _stages(programs, "stack")
    assert len(stages["Plan"]) == 2
    for number, name in enumerate(("Deploy", "Deploy-2"), 1):
        (action,) = stages[name]
        assert action["inputArtifacts"] == ["Build", f"Plan{number}"]
        assert action["configuration"]["PrimarySource"] == "Build"
        variables = _variables(action)
        assert variables["MODE"] == "apply"
        assert variables["PLAN"] == f"Plan{number}"
        assert variables["PLAN_SHA256"] == f"#{{Plan{number}Variables.PLAN_SHA256}}"
        planned = _variables(stages["Plan"][number - 1])
        for key in ("DEPLOY_ROLE", "DEPLOY_REGION", "EXECUTION"):
            assert variables[key] == planned[key]
    assert _variables(stages["Deploy-2"][0])["DEPLOY_REGION"] == "us-east-1"
    assert _variables(stages["Deploy-2"][0])["DEPLOY_ROLE"] == _role("stack-prod-deploy-us-east-1")


def test_program_without_approval_deploys_without_a_plan(programs: Registered) -> None:
    stages = _stages(programs, "quick")
    assert "Plan" not in stages
    assert _variables(stages["Deploy"][0])["MODE"] == "deploy"


@pytest.mark.parametrize("application", ["stack", "quick", "config", "script", "pages"])
def test_build_that_deploys_has_no_limit_of_concurrent_builds(
    programs: Registered, application: str
) -> None:
    # CodeBuild refuses builds above a limit, and the destinations of a wave run in parallel.
    part = "pulumi" if application in ("stack", "quick") else "run"
    name = f"{application}-prod-{part}"
    project = programs.of("aws:codebuild/project:Project")[name]
    assert "concurrentBuildLimit" not in project
    runner = _granted(programs, name)
    assert {action.split(":")[0] for action in runner} == {"kms", "logs", "s3", "sts"}
    assert all(
        role.startswith(_role(f"{application}-prod-deploy")) for role in runner["sts:AssumeRole"]
    )
    commands = json.loads(project["source"]["buildspec"])["phases"]["build"]["commands"]
    (region,) = [each for each in commands if each.startswith("export AWS_PROFILE")]
    assert 'AWS_REGION="$DEPLOY_REGION" AWS_DEFAULT_REGION="$DEPLOY_REGION"' in region


def test_roles_of_a_pipeline_with_a_long_name_name_each_other(programs: Registered) -> None:
    pipeline = naming.pipeline(LONG, "prod")
    roles = {role["name"] for role in programs.of("aws:iam/role:Role").values()}
    for part in ("pipeline", "build", "pulumi", "deploy"):
        assert f"{pipeline}-{part}" in roles
    (assumed,) = _granted(programs, f"{pipeline}-pulumi")["sts:AssumeRole"]
    assert assumed == _role(f"{pipeline}-deploy")
    trust = programs.document("aws:iam/role:Role", f"{pipeline}-target", "assumeRolePolicy")
    trusted = trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert trusted == [_role(f"{pipeline}-pipeline"), _role(f"{pipeline}-pulumi")]


def test_state_of_each_destination_is_in_its_own_account_and_region(programs: Registered) -> None:
    first, second = (
        _granted(programs, f"stack-prod-target{each}") for each in ("", "-orders-us-east-1")
    )
    bucket = "arn:aws:s3:::stack-state-333333333333"
    assert first["s3:PutObject"] == [f"{bucket}-eu-west-1/stack/*"]
    assert second["s3:PutObject"] == [f"{bucket}-us-east-1/stack/*"]
    assert second["kms:Decrypt"] == ["arn:aws:kms:us-east-1:333333333333:key/*"]
    variables = {
        each["name"]: each["value"]
        for each in programs.of("aws:codebuild/project:Project")["stack-prod-pulumi"][
            "environment"
        ]["environmentVariables"]
    }
    assert variables["STACK"] == "prod-{region}"
    assert variables["BACKEND"] == "s3://stack-state-{accountId}-{region}/stack"
    assert variables["REFRESH"] == "true"


def test_terraform_role_has_exactly_its_state_and_lock(programs: Registered) -> None:
    granted = _granted(programs, "config-prod-target")
    state = "arn:aws:s3:::config-state-333333333333/config/prod.tfstate"
    assert granted["s3:PutObject"] == [state, f"{state}.tflock"]
    assert granted["s3:DeleteObject"] == [f"{state}.tflock"]
    assert granted["s3:ListBucket"] == ["arn:aws:s3:::config-state-333333333333"]
    project = programs.of("aws:codebuild/project:Project")["config-prod-run"]
    variables = {
        each["name"]: each["value"] for each in project["environment"]["environmentVariables"]
    }
    assert variables["TF_VAR_size"] == "3"
    assert variables["VAR_FILES"] == "prod.tfvars"
    assert variables["VERSION"] == "1.10.6"
    assert len(variables["SHA256"]) == 64


def test_commands_run_as_written_with_the_deploy_role(programs: Registered) -> None:
    project = programs.of("aws:codebuild/project:Project")["script-prod-run"]
    spec = json.loads(project["source"]["buildspec"])
    assert spec["phases"]["build"]["commands"][-2:] == ["make migrate", "make smoke"]
    assert "artifacts" not in spec
    assert project["buildTimeout"] == 30
    assert _granted(programs, "script-prod-target")["sqs:CreateQueue"] == ["*"]
    assert "s3:GetObject" not in _granted(programs, "script-prod-target")


def test_eks_actions_have_helm_or_manifests_and_the_roles_of_the_catalogue(
    programs: Registered,
) -> None:
    (chart,) = _stages(programs, "chart")["Deploy"]
    assert chart["configuration"] == {
        "ClusterName": "apps",
        "HelmReleaseName": "chart",
        "HelmChartLocation": "chart",
        "HelmValuesFiles": "a.yaml,b.yaml",
        "Namespace": "chart",
        "Subnets": "subnet-1,subnet-2",
        "SecurityGroupIds": "sg-1",
    }
    (second,) = _stages(programs, "manifests")["Deploy-2"]
    assert second["configuration"] == {
        "ClusterName": "apps",
        "ManifestFiles": "k8s/a.yaml,k8s/b.yaml",
    }
    assert second["region"] == "us-east-1"
    kind = find("Deploy", "EKS")
    assert kind is not None
    granted = _granted(programs, "chart-prod-target")
    assert set(kind.permissions) <= set(granted)
    place = "eu-west-1:333333333333"
    assert granted["eks:DescribeCluster"] == [f"arn:aws:eks:{place}:cluster/apps"]
    assert granted["ec2:CreateNetworkInterface"] == [
        f"arn:aws:ec2:{place}:network-interface/*",
        f"arn:aws:ec2:{place}:subnet/subnet-1",
        f"arn:aws:ec2:{place}:subnet/subnet-2",
        f"arn:aws:ec2:{place}:security-group/sg-1",
    ]


def test_function_and_build_of_the_target_run_with_the_deploy_role(programs: Registered) -> None:
    (invoke,) = _stages(programs, "step")["Deploy"]
    assert (invoke["category"], invoke["provider"]) == ("Invoke", "Lambda")
    assert invoke["configuration"] == {
        "FunctionName": "deployer",
        "UserParameters": "#{SourceVariables.CommitId}",
    }
    assert invoke["roleArn"] == _role("step-prod-deploy")
    place = "eu-west-1:333333333333"
    granted = _granted(programs, "step-prod-target")
    assert granted["lambda:InvokeFunction"] == [f"arn:aws:lambda:{place}:function:deployer"]
    (build,) = _stages(programs, "build")["Deploy"]
    assert (build["category"], build["provider"]) == ("Build", "CodeBuild")
    assert _variables(build) == {"COLOR": "green"}
    granted = _granted(programs, "build-prod-target")
    assert granted["codebuild:StartBuild"] == [f"arn:aws:codebuild:{place}:project/releaser"]
    policy = programs.document("aws:kms/key:Key", "artifacts-eu-west-1", "policy")
    (readers,) = [each for each in policy["Statement"] if each["Sid"] == "Readers"]
    names = readers["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert "arn:aws:iam::333333333333:role/service/releaser" in names


def test_site_copies_groups_in_order_then_the_rest_then_invalidates(programs: Registered) -> None:
    stages = _stages(programs, "pages")
    (build,) = stages["Build"]
    assert build["outputArtifacts"] == ["Build", "Assets", "Docs"]
    actions = stages["Deploy"]
    assert [(each["name"], each["runOrder"]) for each in actions] == [
        ("Deploy-Assets", 1),
        ("Deploy-Docs", 2),
        ("Deploy", 3),
        ("Invalidate", 4),
    ]
    shared = {"BucketName": "example-pages", "Extract": "true", "KMSEncryptionKeyARN": KEY}
    assert [each["configuration"] for each in actions[:3]] == [
        shared | {"CacheControl": "max-age=31536000, immutable"},
        shared | {"ObjectKey": "docs"},
        shared | {"CacheControl": "no-cache"},
    ]
    assert [each["inputArtifacts"] for each in actions] == [
        ["Assets"],
        ["Docs"],
        ["Build"],
        ["Build"],
    ]
    kind = find("Deploy", "S3")
    assert kind is not None
    granted = _granted(programs, "pages-prod-target")
    assert set(kind.permissions) <= set(granted)
    assert "s3:DeleteObject" not in granted
    assert granted["kms:GenerateDataKey"] == [KEY]
    distribution = "arn:aws:cloudfront::333333333333:distribution/E1A2B3C4D5E6F7"
    assert granted["cloudfront:CreateInvalidation"] == [distribution]
    trust = programs.document("aws:iam/role:Role", "pages-prod-target", "assumeRolePolicy")
    trusted = trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert trusted == [_role("pages-prod-pipeline"), _role("pages-prod-run")]

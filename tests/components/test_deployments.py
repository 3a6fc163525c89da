"""Every kind of deployment against mocks: stages, groups, alarms, and least-privilege roles."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.aws.codepipeline.catalogue import find
from landfall.settings import Environment
from landfall.settings.readiness import own_alarms
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/"
    "0123456789abcdef/fedcba9876543210"
)
KINDS: dict[str, dict[str, Any]] = {
    "function": {
        "lambda": "orders",
        "shift": {"shape": "canary", "percent": 20, "minutes": 3},
    },
    "service": {
        "ecs": "shop",
        "cluster": "apps",
        "targetGroups": ["blue", "green"],
        "taskRoles": ["service/shop-task"],
        "imagePlaceholder": "IMAGE1_NAME",
        "shift": {"shape": "linear", "percent": 25, "minutes": 2},
    },
    "rolling": {
        "ecsService": "shop",
        "cluster": "apps",
        "taskRoles": ["service/shop-task", "service/shop-execution"],
        "imageDefinitions": "out/images.json",
        "timeoutMinutes": 20,
        "targetGroups": [
            "arn:aws:elasticloadbalancing:eu-west-1:333333333333:targetgroup/shop/0123456789abcdef"
        ],
    },
    "instances": {
        "ec2": "legacy",
        "instanceRoles": ["service/legacy"],
        "autoScalingGroups": ["legacy"],
        "healthyPercent": 75,
        "targetGroup": "legacy",
    },
    "tagged": {
        "ec2": "batch",
        "instanceRoles": ["batch"],
        "tags": {"app": "batch", "tier": "worker"},
    },
    "program": {
        "pulumi": "prod",
        "backend": "s3://platform-state/pulumi",
        "key": "platform/state",
        "permissions": [{"sid": "Queues", "actions": "sqs:CreateQueue"}],
    },
    "template": {
        "cloudformation": "tables",
        "template": "cdk.out/Tables.template.json",
        "configuration": "deploy/{environment}-{account}-{region}.json",
        "capabilities": ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "parameters": {
            "Tables": "3",
            "Image": {"file": "versions.json", "key": "image"},
            "CodeKey": {"attribute": "ObjectKey"},
        },
        "nested": True,
        "packages": True,
        "macros": {"Expand": "expand-tables"},
        "outputs": ["TableName"],
        "permissions": [{"actions": "dynamodb:CreateTable"}],
    },
    "baseline": {
        "stackSet": "baseline",
        "capabilities": ["CAPABILITY_NAMED_IAM"],
        "parameters": {"Stage": "prod", "Size": "small"},
        "packages": True,
        "targets": [
            {"accounts": "audit"},
            {
                "units": "Workloads",
                "regions": ["eu-west-1", "us-east-1"],
                "parameters": {"Size": "large"},
            },
        ],
        "maxConcurrentPercent": 25,
        "permissions": [{"sid": "Topics", "actions": "sns:CreateTopic"}],
    },
    "site": {"s3": "example-site"},
}
ENVIRONMENT: dict[str, Any] = {
    "account": "orders",
    "rollback": {
        "alarms": ["availability"],
        "bakeMinutes": 15,
        "window": {"days": "MON-THU", "hours": "9-15", "timeZone": "Europe/Berlin"},
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    config = copy.deepcopy(CONFIG)
    applications = {
        kind: {
            "source": {"connection": "github", "repository": f"example/{kind}"},
            "deploy": deploy,
            "environments": {
                "prod": {
                    **ENVIRONMENT,
                    **({"listeners": [LISTENER]} if kind in ("service", "rolling") else {}),
                }
            },
        }
        for kind, deploy in KINDS.items()
    }
    wave = {"account": "orders", "region": "us-east-1"}
    applications["template"]["environments"]["prod"]["waves"] = [[wave]]
    config["landfall:delivery"] = {
        "connections": {"github": {"provider": "GitHub"}},
        "applications": applications,
    }
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def _stages(registered: Registered, pipeline: str) -> dict[str, dict[str, Any]]:
    stages = registered.of("aws:codepipeline/pipeline:Pipeline")[pipeline]["stages"]
    return {stage["name"]: stage for stage in stages}


def _granted(registered: Registered, role: str) -> dict[str, list[str]]:
    """Return the resources of each action that a role's own policy allows."""
    policy = registered.document("aws:iam/rolePolicy:RolePolicy", role, "policy")
    found: dict[str, list[str]] = {}
    for statement in policy["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found[action] = [*found.get(action, []), *statement["Resource"]]
    return found


@pytest.mark.parametrize(
    ("kind", "providers"),
    [
        ("function", ["Lambda"]),
        ("service", ["CodeDeployToECS"]),
        ("rolling", ["ECS"]),
        ("instances", ["CodeDeploy"]),
        ("program", ["CodeBuild"]),
        ("template", ["CloudFormation", "CloudFormation"]),
        ("site", ["S3"]),
        ("baseline", ["CloudFormationStackSet", "CloudFormationStackInstances"]),
    ],
)
def test_stage_deploys_with_its_provider_and_can_roll_back(
    registered: Registered, kind: str, providers: list[str]
) -> None:
    stage = _stages(registered, f"{kind}-prod")["Deploy"]
    assert [action["provider"] for action in stage["actions"]] == providers
    assert stage["onFailure"] == {"result": "ROLLBACK"}
    role = f"arn:aws:iam::222222222222:role/landfall/{kind}-prod-deploy"
    if kind != "program":
        assert {action["roleArn"] for action in stage["actions"]} == {role}


def test_conditions_watch_alarms_as_the_role_of_their_account(registered: Registered) -> None:
    stage = _stages(registered, "function-prod")["Deploy"]
    entry, success = stage["beforeEntry"]["condition"], stage["onSuccess"]["condition"]
    assert (entry["result"], success["result"]) == ("FAIL", "ROLLBACK")
    window, *alarms = entry["rules"]
    assert window["ruleTypeId"]["provider"] == "DeploymentWindow"
    assert window["configuration"] == {
        "Cron": "* * 9-15 ? * MON-THU *",
        "TimeZone": "Europe/Berlin",
    }
    names = ["function-prod-errors", "availability"]
    assert [rule["configuration"]["AlarmName"] for rule in alarms] == names
    assert [rule["configuration"]["AlarmName"] for rule in success["rules"]] == names
    assert {rule["configuration"]["WaitTime"] for rule in success["rules"]} == {"15"}
    role = "arn:aws:iam::222222222222:role/landfall/function-prod-deploy"
    assert {rule["roleArn"] for rule in (*alarms, *success["rules"])} == {role}


def test_waves_run_in_order_with_separate_roles(registered: Registered) -> None:
    stages = _stages(registered, "template-prod")
    assert list(stages)[-2:] == ["Deploy", "Deploy-2"]
    second = stages["Deploy-2"]
    assert [action["name"] for action in second["actions"]] == [
        "Prepare-orders-us-east-1",
        "Execute-orders-us-east-1",
    ]
    assert {action["region"] for action in second["actions"]} == {"us-east-1"}
    assert {action["roleArn"].rpartition("/")[2] for action in second["actions"]} == {
        "template-prod-deploy-us-east-1"
    }
    assert second["onFailure"] == {"result": "ROLLBACK"}
    assert {rule["region"] for rule in second["onSuccess"]["condition"]["rules"]} == {"us-east-1"}


def test_deployment_groups_roll_back_on_failure_and_alarms(registered: Registered) -> None:
    groups = registered.of("aws:codedeploy/deploymentGroup:DeploymentGroup")
    assert len(groups) == 3
    for kind in ("service", "instances"):
        group = groups[f"{kind}-prod-target"]
        assert group["autoRollbackConfiguration"]["events"] == [
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_ALARM",
            "DEPLOYMENT_STOP_ON_REQUEST",
        ]
        settings = parse_deploy(kind)
        assert group["alarmConfiguration"]["alarms"] == [
            *own_alarms(f"{kind}-prod", Environment(account="orders"), settings),
            "availability",
        ]
        assert group["alarmConfiguration"]["ignorePollAlarmFailure"] is False
    assert groups["service-prod-target"]["blueGreenDeploymentConfig"][
        "terminateBlueInstancesOnDeploymentSuccess"
    ] == {"action": "TERMINATE", "terminationWaitTimeInMinutes": 60}
    tags = groups["tagged-prod-target"]["ec2TagSets"]
    assert [each["ec2TagFilters"][0]["key"] for each in tags] == ["app", "tier"]


def parse_deploy(kind: str) -> Any:
    from pydantic import TypeAdapter

    from landfall.settings.deployments import Deploy

    return TypeAdapter(Deploy).validate_python(KINDS[kind])


def test_custom_deployment_configurations_are_named_by_their_values(registered: Registered) -> None:
    made = registered.of("aws:codedeploy/deploymentConfig:DeploymentConfig")
    names = {name: each["deploymentConfigName"] for name, each in made.items()}
    assert names == {
        "service-prod-target": "shop-linear-25-percent-2-minutes",
        "instances-prod-target": "legacy-75-percent-healthy",
    }
    routing = made["service-prod-target"]["trafficRoutingConfig"]
    assert routing == {
        "type": "TimeBasedLinear",
        "timeBasedLinear": {"interval": 2, "percentage": 25},
    }


def test_a_function_shifts_an_alias_under_alarms_as_its_deploy_role(
    registered: Registered,
) -> None:
    (action,) = _stages(registered, "function-prod")["Deploy"]["actions"]
    assert action["configuration"] == {
        "FunctionName": "orders",
        "FunctionAlias": "live",
        "DeployStrategy": "Canary20Percent3Minutes",
        "Alarms": "function-prod-errors,availability",
    }
    assert action["inputArtifacts"] == ["Build"]
    granted = _granted(registered, "function-prod-target")
    function = "arn:aws:lambda:eu-west-1:333333333333:function:orders"
    kind = find("Deploy", "Lambda")
    assert kind is not None
    assert set(kind.permissions) <= set(granted)
    assert granted["lambda:UpdateFunctionCode"] == [function]
    assert granted["lambda:UpdateAlias"] == [function, f"{function}:live"]
    assert "function-prod-target-codedeploy" not in registered.of("aws:iam/role:Role")


def test_alarms_watch_the_metrics_of_the_deployment_kind(registered: Registered) -> None:
    alarms = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm").values()
    found = {alarm["name"]: (alarm["namespace"], alarm["dimensions"]) for alarm in alarms}
    assert found["function-prod-errors"] == (
        "AWS/Lambda",
        {"FunctionName": "orders", "Resource": "orders:live"},
    )
    balancer = {"LoadBalancer": "app/front/0123456789abcdef"}
    assert found["service-prod-5xx"] == ("AWS/ApplicationELB", balancer)
    group = {"AutoScalingGroupName": "legacy"}
    assert found["instances-prod-legacy-status"] == ("AWS/EC2", group)


def test_alarm_with_error_percent_watches_the_failure_rate(run: Runner) -> None:
    config = copy.deepcopy(CONFIG)
    config["landfall:delivery"]["applications"] = {
        "function": {
            "source": {"connection": "github", "repository": "example/orders"},
            "deploy": {"lambda": "orders", "traffic": "canary-10-percent-5-minutes"},
            "environments": {"prod": {"account": "orders"}},
            "observability": {"errorPercent": 10},
        }
    }
    settings = parse(config, locations=Locations("Pulumi.test.yaml"))
    registered = run(lambda: LandingZone(settings))
    alarms = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm").values()
    (alarm,) = [each for each in alarms if each["name"] == "function-prod-errors"]
    assert (alarm["threshold"], "metricName" in alarm, "period" in alarm) == (10, False, False)
    part, failed, asked = alarm["metricQueries"]
    assert part["returnData"]
    assert {failed["id"], asked["id"]} <= set(re.findall(r"[a-z]+", part["expression"]))
    assert [each["metric"]["metricName"] for each in (failed, asked)] == ["Errors", "Invocations"]


def test_codedeploy_role_changes_only_its_deployment_targets(registered: Registered) -> None:
    place = "333333333333"
    service = _granted(registered, "service-prod-target-codedeploy")
    assert service["ecs:UpdateServicePrimaryTaskSet"] == [
        f"arn:aws:ecs:eu-west-1:{place}:service/apps/shop",
        f"arn:aws:ecs:eu-west-1:{place}:task-set/apps/shop/*",
    ]
    assert service["elasticloadbalancing:ModifyListener"] == [LISTENER]
    assert service["iam:PassRole"] == [f"arn:aws:iam::{place}:role/service/shop-task"]
    instances = _granted(registered, "instances-prod-target-codedeploy")
    assert instances["autoscaling:PutLifecycleHook"] == [
        f"arn:aws:autoscaling:eu-west-1:{place}:autoScalingGroup:*:autoScalingGroupName/legacy"
    ]
    assert instances["elasticloadbalancing:DeregisterTargets"] == [
        f"arn:aws:elasticloadbalancing:eu-west-1:{place}:targetgroup/legacy/*"
    ]
    tagged = _granted(registered, "tagged-prod-target-codedeploy")
    assert not {action for action in tagged if action.startswith(("autoscaling:Put", "elastic"))}


def test_program_runs_as_the_deploy_role_and_the_build_has_no_other_rights(
    registered: Registered,
) -> None:
    deploy = _granted(registered, "program-prod-target")
    assert deploy["sqs:CreateQueue"] == ["*"]
    assert deploy["s3:PutObject"] == ["arn:aws:s3:::platform-state/pulumi/*"]
    assert "s3:GetObjectVersion" not in deploy
    role = "arn:aws:iam::222222222222:role/landfall/program-prod-deploy"
    runner = _granted(registered, "program-prod-pulumi")
    assert runner["sts:AssumeRole"] == [role]
    assert {action.split(":")[0] for action in runner} == {"kms", "logs", "s3", "sts"}
    trust = registered.document("aws:iam/role:Role", "program-prod-target", "assumeRolePolicy")
    assert trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::222222222222:role/landfall/program-prod-pipeline",
        "arn:aws:iam::222222222222:role/landfall/program-prod-pulumi",
    ]
    project = registered.of("aws:codebuild/project:Project")["program-prod-pulumi"]
    assert "pulumi up" in project["source"]["buildspec"]
    pipeline = _granted(registered, "program-prod-pipeline")
    assert len(pipeline["codebuild:StartBuild"]) == 2


def test_ecs_service_is_updated_by_ecs_itself_as_its_deploy_role(registered: Registered) -> None:
    (action,) = _stages(registered, "rolling-prod")["Deploy"]["actions"]
    assert action["configuration"] == {
        "ClusterName": "apps",
        "ServiceName": "shop",
        "FileName": "out/images.json",
        "DeploymentTimeout": "20",
    }
    granted = _granted(registered, "rolling-prod-target")
    service = "arn:aws:ecs:eu-west-1:333333333333:service/apps/shop"
    assert granted["ecs:UpdateService"] == granted["ecs:DescribeServices"] == [service]
    assert granted["iam:PassRole"] == [
        "arn:aws:iam::333333333333:role/service/shop-task",
        "arn:aws:iam::333333333333:role/service/shop-execution",
    ]
    assert "rolling-prod-target-service" not in registered.of("aws:iam/role:Role")
    alarms = registered.of("aws:cloudwatch/metricAlarm:MetricAlarm").values()
    (alarm,) = [each for each in alarms if each["name"] == "rolling-prod-5xx"]
    assert alarm["dimensions"] == {
        "LoadBalancer": "app/front/0123456789abcdef",
        "TargetGroup": "targetgroup/shop/0123456789abcdef",
    }


def test_task_definitions_are_tagged_only_when_they_are_registered(registered: Registered) -> None:
    for name in ("rolling-prod-target", "service-prod-target"):
        policy = registered.document("aws:iam/rolePolicy:RolePolicy", name, "policy")
        by_sid = {each["Sid"]: each for each in policy["Statement"]}
        assert by_sid["TagNewTasks"]["Condition"] == {
            "StringEquals": {"ecs:CreateAction": "RegisterTaskDefinition"}
        }
        assert by_sid["GiveTasksTheirRoles"]["Condition"] == {
            "StringEquals": {
                "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"]
            }
        }


def test_artifact_key_is_readable_by_the_deploy_roles(registered: Registered) -> None:
    policy = registered.document("aws:kms/key:Key", "artifacts-eu-west-1", "policy")
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    readers = by_sid["Readers"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    names = {arn.rpartition("/")[2] for arn in readers}
    assert {"service-prod-deploy", "service-prod-service", "site-prod-deploy"} < names
    assert not {name for name in names if name.startswith("program-")}

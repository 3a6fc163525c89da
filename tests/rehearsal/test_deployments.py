"""CodeDeploy's deployments to instances and to a service, with their rollbacks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from landfall.rehearsal.course import Course, Entry
from tests.rehearsal import deployed
from tests.rehearsal.deployed import ALARM, HOOK, PLAIN, SERVERS, SERVICE, released, second, served
from tests.rehearsal.small import Small
from tests.sandbox_gate.conftest import Sandbox


@pytest.fixture(scope="module")
def targets(pipeline: Small) -> Small:
    """Both pipelines beside the small one."""
    deployed.make_servers(pipeline)
    deployed.make_service(pipeline)
    return pipeline


@pytest.fixture(scope="module")
def servers(
    server: Sandbox, targets: Small, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, Path]:
    """The first release on the instances, and its sources."""
    folder = deployed.sources_of_servers(tmp_path_factory.mktemp("fleet"))
    return deployed.rehearse(server, SERVERS, folder), folder


@pytest.fixture(scope="module")
def service(
    server: Sandbox, targets: Small, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, Path]:
    """The first release of the service, and its sources."""
    folder = deployed.sources_of_service(tmp_path_factory.mktemp("web") / "sources")
    return deployed.rehearse(server, SERVICE, folder), folder


def failed(course: Course) -> Entry:
    (found,) = [each for each in course.entries if each.status == "Failed"]
    return found


def ended(course: Course) -> list[str]:
    return [each.status for each in course.ends]


def deployments(targets: Small, name: str) -> list[dict[str, Any]]:
    """Return a group's deployments, newest first."""
    client = targets.aws("codedeploy")
    listed = client.list_deployments(applicationName=name, deploymentGroupName=name)
    return [
        client.get_deployment(deploymentId=each)["deploymentInfo"] for each in listed["deployments"]
    ]


def events(targets: Small, deployment: str, member: str) -> list[list[tuple[str, str]]]:
    client = targets.aws("codedeploy")
    ids = client.list_deployment_targets(deploymentId=deployment)["targetIds"]
    found = client.batch_get_deployment_targets(deploymentId=deployment, targetIds=ids)
    return [
        [(each["lifecycleEventName"], each["status"]) for each in target[member]["lifecycleEvents"]]
        for target in found["deploymentTargets"]
    ]


def test_instances_get_the_first_release(
    server: Sandbox, targets: Small, servers: tuple[Course, Path]
) -> None:
    course, _ = servers
    assert ended(course) == ["Succeeded"], failed(course).message
    assert released(server) == ["1", "1"]
    (found,) = deployments(targets, SERVERS)
    assert found["status"] == "Succeeded"
    assert found["deploymentOverview"]["Succeeded"] == 2
    first, other = events(targets, found["deploymentId"], "instanceTarget")
    assert first == other
    assert first == [
        ("BeforeBlockTraffic", "Skipped"),
        ("BlockTraffic", "Succeeded"),
        ("AfterBlockTraffic", "Skipped"),
        ("ApplicationStop", "Skipped"),
        ("DownloadBundle", "Succeeded"),
        ("BeforeInstall", "Skipped"),
        ("Install", "Succeeded"),
        ("AfterInstall", "Skipped"),
        ("ApplicationStart", "Skipped"),
        ("ValidateService", "Succeeded"),
        ("BeforeAllowTraffic", "Skipped"),
        ("AllowTraffic", "Succeeded"),
        ("AfterAllowTraffic", "Skipped"),
    ]


def test_failing_hook_of_an_instance_rolls_every_instance_back(
    server: Sandbox, targets: Small, servers: tuple[Course, Path], tmp_path: Path
) -> None:
    sources = second(servers[1], tmp_path / "new", {"app/release": ("1", "broken")})
    course = deployed.rehearse(server, SERVERS, sources)
    assert failed(course).action == "Deploy"
    assert "scripts/check.sh failed with exit code 1" in failed(course).message
    assert re.search(r"--deployment-id d-\w+ --target-ids i-\w+ i-\w+$", failed(course).more)
    assert released(server) == ["1", "1"]
    assert ended(course) == ["Failed", "Succeeded"]
    by_pipeline, back, wrong, _ = deployments(targets, SERVERS)
    assert [each["status"] for each in (by_pipeline, back, wrong)] == [
        "Succeeded",
        "Succeeded",
        "Failed",
    ]
    assert back["creator"] == "codeDeployRollback"
    assert wrong["rollbackInfo"]["rollbackDeploymentId"] == back["deploymentId"]
    assert wrong["errorInformation"]["code"] == "HEALTH_CONSTRAINTS"
    assert wrong["deploymentOverview"]["Skipped"] == 1


def test_alarm_stops_the_deployment_to_instances(
    server: Sandbox, targets: Small, servers: tuple[Course, Path], tmp_path: Path
) -> None:
    sources = second(servers[1], tmp_path / "new", {"app/release": ("1", "2")})
    course = deployed.rehearse(server, SERVERS, sources, alarm=ALARM)
    assert f"Activated alarms: <{ALARM}>" in failed(course).message
    assert released(server) == ["1", "1"]
    found = deployments(targets, SERVERS)[2]
    assert (found["status"], found["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")


def test_failing_action_after_the_deployment_rolls_back(
    server: Sandbox, servers: tuple[Course, Path], tmp_path: Path
) -> None:
    sources = second(servers[1], tmp_path / "new", {"app/release": ("1", "2")})
    course = deployed.rehearse(server, SERVERS, sources, fail="Deploy/Check")
    assert ended(course) == ["Failed", "Succeeded"]
    assert released(server) == ["1", "1"]


def test_mistakes_of_an_appspec_file_are_told_with_their_lines(
    server: Sandbox, servers: tuple[Course, Path], tmp_path: Path
) -> None:
    changes = {"appspec.yml": ("destination: /opt/app", "destination: opt")}
    course = deployed.rehearse(server, SERVERS, second(servers[1], tmp_path / "new", changes))
    assert "appspec.yml:5: a destination is an absolute path" in failed(course).message
    assert released(server) == ["1", "1"]


def test_service_gets_the_first_release(targets: Small, service: tuple[Course, Path]) -> None:
    course, _ = service
    assert ended(course) == ["Succeeded"], failed(course).message
    assert served(targets.aws) == ["example/web:1"]
    (found,) = deployments(targets, SERVICE)
    (own,) = events(targets, found["deploymentId"], "ecsTarget")
    assert own == [
        ("Install", "Succeeded"),
        ("AfterInstall", "Succeeded"),
        ("AllowTraffic", "Succeeded"),
    ]


@pytest.mark.parametrize("phase", ["deployment", "bake"])
def test_alarm_returns_the_traffic_to_the_earlier_tasks(
    server: Sandbox, targets: Small, service: tuple[Course, Path], tmp_path: Path, phase: str
) -> None:
    sources = second(service[1], tmp_path / "new", {"imageDetail.json": ("web:1", "web:2")})
    course = deployed.rehearse(server, SERVICE, sources, alarm=ALARM, during=phase)
    assert f"Activated alarms: <{ALARM}>" in failed(course).message
    assert served(targets.aws) == ["example/web:1"]
    _, back, stopped, *_ = deployments(targets, SERVICE)
    assert (back["creator"], stopped["status"]) == ("codeDeployRollback", "Stopped")
    (own,) = events(targets, stopped["deploymentId"], "ecsTarget")
    assert own[-1] == ("AllowTraffic", "Failed" if phase == "deployment" else "Succeeded")


def test_failing_hook_function_leaves_the_earlier_tasks(
    server: Sandbox, targets: Small, service: tuple[Course, Path], tmp_path: Path
) -> None:
    client = targets.aws("lambda")
    environment = {"Variables": {"RESULT": "Failed"}}
    client.update_function_configuration(FunctionName=HOOK, Environment=environment)
    sources = second(service[1], tmp_path / "new", {"imageDetail.json": ("web:1", "web:2")})
    course = deployed.rehearse(server, SERVICE, sources)
    environment["Variables"]["RESULT"] = "Succeeded"
    client.update_function_configuration(FunctionName=HOOK, Environment=environment)
    first, *_ = [each for each in course.entries if each.status == "Failed"]
    assert f"{HOOK} gave the status Failed" in first.message
    assert served(targets.aws) == ["example/web:1"]


@pytest.mark.parametrize(
    ("name", "role", "permission"),
    [
        (SERVERS, "deployer-of-servers", "ec2:DescribeInstances"),
        (SERVERS, "deployer-of-servers", "elasticloadbalancing:DeregisterTargets"),
        (SERVERS, "instance", "s3:GetObject"),
        (SERVICE, "deployer-of-service", "ecs:CreateTaskSet"),
        (SERVICE, "deployer-of-service", "elasticloadbalancing:ModifyListener"),
        (SERVICE, "deployer-of-service", "lambda:InvokeFunction"),
        (SERVICE, "deploy", "ecs:RegisterTaskDefinition"),
        (SERVICE, "hook", "codedeploy:PutLifecycleEventHookExecutionStatus"),
    ],
)
def test_missing_permission_of_a_deployment_is_named(
    server: Sandbox,
    targets: Small,
    servers: tuple[Course, Path],
    service: tuple[Course, Path],
    name: str,
    role: str,
    permission: str,
) -> None:
    kept = [dict(each) for each in targets.policies[role]]
    targets.without(role, permission)
    try:
        course = deployed.rehearse(server, name, (servers if name == SERVERS else service)[1])
    finally:
        targets.policies[role] = kept
        targets.grant(role)
    first, *_ = [each for each in course.entries if each.status == "Failed"]
    assert permission in first.message
    assert released(server) == ["1", "1"]
    assert served(targets.aws) == ["example/web:1"]


def test_rollback_that_fails_too_is_told(
    server: Sandbox, targets: Small, servers: tuple[Course, Path]
) -> None:
    kept = [dict(each) for each in targets.policies["deployer-of-servers"]]
    targets.without("deployer-of-servers", "elasticloadbalancing:RegisterTargets")
    try:
        course = deployed.rehearse(server, SERVERS, servers[1])
    finally:
        targets.policies["deployer-of-servers"] = kept
        targets.grant("deployer-of-servers")
    first, *_ = [each for each in course.entries if each.status == "Failed"]
    _, _, told = first.message.partition("Its rollback ")
    assert "not authorized to perform: elasticloadbalancing:RegisterTargets" in told
    (back,) = [
        each for each in deployments(targets, SERVERS) if each["deploymentId"] == told.split()[0]
    ]
    assert (back["creator"], back["status"]) == ("codeDeployRollback", "Failed")
    assert deployed.rehearse(server, SERVERS, servers[1]).has_succeeded


def test_service_of_ecs_gets_the_image_and_returns_to_the_earlier(
    server: Sandbox, targets: Small, tmp_path: Path
) -> None:
    deployed.make_plain_service(targets)
    first = tmp_path / "first"
    first.mkdir()
    (first / "imagedefinitions.json").write_text('[{"name": "web", "imageUri": "example/web:1"}]')
    course = deployed.rehearse(server, PLAIN, first)
    assert ended(course) == ["Succeeded"], failed(course).message
    assert deployed.image_of(targets.aws, PLAIN) == "example/web:1"
    changed = second(first, tmp_path / "new", {"imagedefinitions.json": ("web:1", "web:2")})
    course = deployed.rehearse(server, PLAIN, changed, fail="Deploy/Check")
    assert ended(course) == ["Failed", "Succeeded"]
    assert deployed.image_of(targets.aws, PLAIN) == "example/web:1"
    changes = {"imagedefinitions.json": ('"web"', '"app"')}
    course = deployed.rehearse(server, PLAIN, second(first, tmp_path / "other", changes))
    first_failure, *_ = [each for each in course.entries if each.status == "Failed"]
    assert "The task definition has no container app: it has web." in first_failure.message

"""References of a deployment group must exist: configuration, ECS service, Auto Scaling groups.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_gate.conftest import Clients, error_of, trust
from tests.sandbox_gate.deployed import auto_scaling_group, ecs_service


@pytest.fixture
def group(aws: Clients) -> dict[str, Any]:
    """Return the members that every group needs, for applications `Server` and `ECS`."""
    client = aws("codedeploy")
    for platform in ("Server", "ECS"):
        client.create_application(applicationName=platform, computePlatform=platform)
    document = trust(service="codedeploy.amazonaws.com")
    role = aws("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=document)
    return {"deploymentGroupName": "prod", "serviceRoleArn": role["Role"]["Arn"]}


def test_missing_auto_scaling_group_is_refused(aws: Clients, group: dict[str, Any]) -> None:
    client, named = aws("codedeploy"), {"applicationName": "Server", "autoScalingGroups": ["web"]}
    code, _ = error_of(client.create_deployment_group, **group, **named)
    assert code == "InvalidAutoScalingGroupException"
    auto_scaling_group(aws, "web")
    assert client.create_deployment_group(**group, **named)


def test_missing_ecs_service_is_refused(aws: Clients, group: dict[str, Any]) -> None:
    client = aws("codedeploy")
    service = {"clusterName": "apps", "serviceName": "shop"}
    named = {"applicationName": "ECS", "ecsServices": [service]}
    code, _ = error_of(client.create_deployment_group, **group, **named)
    assert code == "InvalidECSServiceException"
    ecs_service(aws, "apps", "shop")
    assert client.create_deployment_group(**group, **named)


def test_missing_deployment_configuration_is_refused(aws: Clients, group: dict[str, Any]) -> None:
    client, own = aws("codedeploy"), {"applicationName": "Server", "deploymentConfigName": "own"}
    code, _ = error_of(client.create_deployment_group, **group, **own)
    assert code == "DeploymentConfigDoesNotExistException"
    client.create_deployment_config(
        deploymentConfigName="own", minimumHealthyHosts={"type": "HOST_COUNT", "value": 1}
    )
    assert client.create_deployment_group(**group, **own)

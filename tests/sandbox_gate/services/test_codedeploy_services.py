"""An ECS service has one deployment group, as CodeDeploy's CreateDeploymentGroup says."""

from __future__ import annotations

from typing import Any

from tests.sandbox_gate.conftest import Clients, error_of, trust
from tests.sandbox_gate.deployed import ecs_service


def _group(role: str, application: str, service: str, cluster: str = "apps") -> dict[str, Any]:
    return {
        "applicationName": application,
        "deploymentGroupName": "live",
        "serviceRoleArn": role,
        "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
        "ecsServices": [{"clusterName": cluster, "serviceName": service}],
    }


def test_service_of_another_group_is_refused(aws: Clients) -> None:
    client = aws("codedeploy")
    role = aws("iam").create_role(
        RoleName="deployer", AssumeRolePolicyDocument=trust(service="codedeploy.amazonaws.com")
    )["Role"]["Arn"]
    for name in ("one", "two"):
        client.create_application(applicationName=name, computePlatform="ECS")
    for cluster in ("apps", "others"):
        ecs_service(aws, cluster, "api")
    client.create_deployment_group(**_group(role, "one", "api"))
    code, message = error_of(client.create_deployment_group, **_group(role, "two", "api"))
    assert code == "EcsServiceMappingLimitExceededException"
    assert "only one deployment group" in message
    # The same name in another cluster is another service.
    client.create_deployment_group(**_group(role, "two", "api", "others"))
    client.update_deployment_group(
        applicationName="one",
        currentDeploymentGroupName="live",
        ecsServices=[{"clusterName": "apps", "serviceName": "api"}],
    )

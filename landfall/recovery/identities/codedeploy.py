"""CodeDeploy: applications, deployment groups and deployment configurations."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:codedeploy/application:Application")
def _deploy_application(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    client("codedeploy").get_application(applicationName=inputs["name"])
    return str(inputs["name"])


@finds("aws:codedeploy/deploymentGroup:DeploymentGroup")
def _deployment_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    application, group = inputs["appName"], inputs["deploymentGroupName"]
    client("codedeploy").get_deployment_group(
        applicationName=application, deploymentGroupName=group
    )
    return f"{application}:{group}"


@finds("aws:codedeploy/deploymentConfig:DeploymentConfig")
def _deployment_config(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["deploymentConfigName"]
    client("codedeploy").get_deployment_config(deploymentConfigName=name)
    return str(name)

"""CodeDeploy: changes and deletions of applications and groups, and deployment configurations."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.codedeploy.models import CodeDeployBackend, DeploymentGroup, codedeploy_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.services.codedeploy import additions_deployments as deployments

_PREDEFINED = (
    "CodeDeployDefault.AllAtOnce",
    "CodeDeployDefault.HalfAtATime",
    "CodeDeployDefault.OneAtATime",
    "CodeDeployDefault.LambdaAllAtOnce",
    "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    "CodeDeployDefault.LambdaCanary10Percent10Minutes",
    "CodeDeployDefault.LambdaCanary10Percent15Minutes",
    "CodeDeployDefault.LambdaCanary10Percent30Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
    "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes",
    "CodeDeployDefault.ECSAllAtOnce",
    "CodeDeployDefault.ECSCanary10Percent5Minutes",
    "CodeDeployDefault.ECSCanary10Percent15Minutes",
    "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
    "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
)
"""CodeDeploy User Guide, 'Predefined deployment configurations'."""

_HEALTHY = {
    "AllAtOnce": {"type": "HOST_COUNT", "value": 0},
    "HalfAtATime": {"type": "FLEET_PERCENT", "value": 50},
    "OneAtATime": {"type": "FLEET_PERCENT", "value": 99},
}
"""CodeDeploy User Guide, 'Instance health'."""

_CHANGEABLE = {
    "deploymentConfigName": "deployment_config_name",
    "ec2TagFilters": "ec2_tag_filters",
    "onPremisesInstanceTagFilters": "on_premises_instance_tag_filters",
    "autoScalingGroups": "auto_scaling_groups",
    "serviceRoleArn": "service_role_arn",
    "triggerConfigurations": "trigger_configurations",
    "alarmConfiguration": "alarm_configuration",
    "autoRollbackConfiguration": "auto_rollback_configuration",
    "outdatedInstancesStrategy": "outdated_instances_strategy",
    "deploymentStyle": "deployment_style",
    "blueGreenDeploymentConfiguration": "blue_green_deployment_configuration",
    "loadBalancerInfo": "load_balancer_info",
    "ec2TagSet": "ec2_tag_set",
    "ecsServices": "ecs_services",
    "onPremisesTagSet": "on_premises_tag_set",
    "terminationHookEnabled": "termination_hook_enabled",
}
"""Members of UpdateDeploymentGroup and the emulator's names for them."""

_configs: Store[dict[str, Any]] = Store()


class ApplicationAlreadyExistsError(AWSError):
    """The new name is taken: CodeDeploy API Reference, UpdateApplication."""

    code = "ApplicationAlreadyExistsException"


class DeploymentGroupAlreadyExistsError(AWSError):
    """The new name is taken: CodeDeploy API Reference, UpdateDeploymentGroup."""

    code = "DeploymentGroupAlreadyExistsException"


class DeploymentConfigDoesNotExistError(AWSError):
    """No such configuration: CodeDeploy API Reference, GetDeploymentConfig."""

    code = "DeploymentConfigDoesNotExistException"


class DeploymentConfigAlreadyExistsError(AWSError):
    """The name is taken: CodeDeploy API Reference, CreateDeploymentConfig."""

    code = "DeploymentConfigAlreadyExistsException"


class DeploymentConfigInUseError(AWSError):
    """A deployment group uses it: CodeDeploy API Reference, DeleteDeploymentConfig."""

    code = "DeploymentConfigInUseException"


def _backend(request: Request) -> CodeDeployBackend:
    return codedeploy_backends[request.account][request.region]


@addition("codedeploy", "DeleteApplication")
def delete_application(request: Request) -> None:
    """Delete an application with its groups: CodeDeploy API Reference, DeleteApplication."""
    backend = _backend(request)
    deployments.forget_revisions(request, request.params["applicationName"])
    backend.applications.pop(request.params["applicationName"], None)
    backend.deployment_groups.pop(request.params["applicationName"], None)


@addition("codedeploy", "UpdateApplication")
def update_application(request: Request) -> None:
    """Rename an application: CodeDeploy API Reference, UpdateApplication."""
    backend, params = _backend(request), request.params
    old, new = params["applicationName"], params.get("newApplicationName")
    application = backend.get_application(old)
    if not new or new == old:
        return
    if new in backend.applications:
        raise ApplicationAlreadyExistsError(f"Application {new} already exists.")
    application.application_name = new
    backend.applications[new] = backend.applications.pop(old)
    if old in backend.deployment_groups:
        backend.deployment_groups[new] = backend.deployment_groups.pop(old)


@addition("codedeploy", "DeleteDeploymentGroup")
def delete_deployment_group(request: Request) -> Mapping[str, Any]:
    """Delete a group: CodeDeploy API Reference, DeleteDeploymentGroup."""
    params = request.params
    groups = _backend(request).deployment_groups.get(params["applicationName"], {})
    groups.pop(params["deploymentGroupName"], None)
    return {"hooksNotCleanedUp": []}


@addition("codedeploy", "UpdateDeploymentGroup")
def update_deployment_group(request: Request) -> Mapping[str, Any]:
    """Change what was sent and keep the rest: CodeDeploy API Reference, UpdateDeploymentGroup."""
    backend, params = _backend(request), request.params
    application, old = params["applicationName"], params["currentDeploymentGroupName"]
    group: DeploymentGroup = backend.get_deployment_group(application, old)
    new = params.get("newDeploymentGroupName", old)
    groups = backend.deployment_groups[application]
    if new != old:
        if new in groups:
            raise DeploymentGroupAlreadyExistsError(f"Deployment group {new} already exists.")
        group.deployment_group_name = new
        groups[new] = groups.pop(old)
    for member, attribute in _CHANGEABLE.items():
        if member in params:
            setattr(group, attribute, params[member])
    return {"hooksNotCleanedUp": []}


@addition("codedeploy", "CreateDeploymentConfig")
def create_deployment_config(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, CreateDeploymentConfig."""
    params = request.params
    name = params["deploymentConfigName"]
    if name in _configs.of(request) or name in _PREDEFINED:
        raise DeploymentConfigAlreadyExistsError(f"Deployment configuration {name} already exists.")
    config = {
        "computePlatform": "Server",
        **params,
        "deploymentConfigId": str(uuid.uuid4()),
        "createTime": datetime.now(UTC),
    }
    _configs.of(request)[name] = config
    return {"deploymentConfigId": config["deploymentConfigId"]}


@addition("codedeploy", "GetDeploymentConfig")
def get_deployment_config(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, GetDeploymentConfig."""
    name = request.params["deploymentConfigName"]
    return {"deploymentConfigInfo": configuration(request, name)}


@addition("codedeploy", "ListDeploymentConfigs")
def list_deployment_configs(request: Request) -> Mapping[str, Any]:
    """Name the predefined ones too: CodeDeploy API Reference, ListDeploymentConfigs."""
    names = [*_PREDEFINED, *_configs.of(request)]
    return paged("deploymentConfigsList", names, request.params, next_member="nextToken")


@addition("codedeploy", "DeleteDeploymentConfig")
def delete_deployment_config(request: Request) -> None:
    """Refuse while a group uses it: CodeDeploy API Reference, DeleteDeploymentConfig."""
    name = request.params["deploymentConfigName"]
    for groups in _backend(request).deployment_groups.values():
        if any(str(group.deployment_config_name) == name for group in groups.values()):
            raise DeploymentConfigInUseError(f"The deployment configuration {name} is in use.")
    _configs.of(request).pop(name, None)


def configuration(request: Request, name: str) -> dict[str, Any]:
    """Return a deployment configuration; raises DeploymentConfigDoesNotExistError."""
    if name in _configs.of(request):
        return _configs.of(request)[name]
    if name in _PREDEFINED:
        kind = name.removeprefix("CodeDeployDefault.")
        platform = next((each for each in ("Lambda", "ECS") if kind.startswith(each)), "Server")
        described = {"deploymentConfigName": name, "computePlatform": platform}
        if platform == "Server":
            return {**described, "minimumHealthyHosts": _HEALTHY[kind]}
        return {**described, **_routing(kind)}
    raise DeploymentConfigDoesNotExistError(f"No deployment configuration found for name: {name}")


def _routing(kind: str) -> dict[str, Any]:
    """Return the traffic routing of a predefined Lambda or ECS configuration, from its name."""
    found = re.search(r"(Canary|Linear)(\d+)Percent(?:Every)?(\d+)Minutes?", kind)
    if found is None:
        return {"trafficRoutingConfig": {"type": "AllAtOnce"}}
    shape, percent, minutes = found[1], int(found[2]), int(found[3])
    amounts = {f"{shape.lower()}Percentage": percent, f"{shape.lower()}Interval": minutes}
    member = f"timeBased{shape}"
    return {"trafficRoutingConfig": {"type": f"TimeBased{shape}", member: amounts}}

"""CodeDeploy: a group's service role, alarms and configuration, and what it deploys to."""

from __future__ import annotations

import json
from collections.abc import Mapping

from moto.autoscaling.models import autoscaling_backends
from moto.codedeploy.models import codedeploy_backends
from moto.ecs.models import ecs_backends

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.codedeploy.additions import configuration


class AlarmsLimitExceededError(AWSError):
    """More than ten: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "AlarmsLimitExceededException"


class EcsServiceMappingLimitExceededError(AWSError):
    """Another group has the service: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "EcsServiceMappingLimitExceededException"


class InvalidRoleError(AWSError):
    """CodeDeploy can't assume it: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "InvalidRoleException"


class InvalidAutoScalingGroupError(AWSError):
    """No such group: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "InvalidAutoScalingGroupException"


class InvalidECSServiceError(AWSError):
    """No such service: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "InvalidECSServiceException"


@limit("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def deployment_groups(request: Request) -> None:
    """CodeDeploy User Guide, 'CodeDeploy quotas' and 'Create a service role'."""
    params, most = request.params, quota("codedeploy.alarms_per_group")
    if len(params.get("alarmConfiguration", {}).get("alarms", [])) > most:
        raise AlarmsLimitExceededError(f"The maximum number of alarms is {most}.")
    if "serviceRoleArn" not in params:
        return
    role = find_role(params["serviceRoleArn"])
    group = params.get("deploymentGroupName") or params.get("currentDeploymentGroupName")
    resource = f"deploymentgroup:{params['applicationName']}/{group}"
    source = request.arn("codedeploy", resource)
    deployer = service("codedeploy.amazonaws.com", request.account, source)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), deployer):
        raise InvalidRoleError(
            "AWS CodeDeploy does not have the permissions required to assume the role "
            f"{params['serviceRoleArn']}."
        )


@limit("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def one_group_for_a_service(request: Request) -> None:
    """CodeDeploy API Reference, CreateDeploymentGroup: EcsServiceMappingLimitExceededException."""
    params = request.params
    own = params.get("currentDeploymentGroupName") or params.get("deploymentGroupName")
    wanted = [_service(each) for each in params.get("ecsServices", [])]
    groups = codedeploy_backends[request.account][request.region].deployment_groups
    for application, held in groups.items():
        for name, group in held.items():
            if (application, name) == (params["applicationName"], own):
                continue
            if any(_service(each) in wanted for each in group.ecs_services):
                raise EcsServiceMappingLimitExceededError(
                    "The Amazon ECS service is associated with more than one deployment groups. "
                    "An Amazon ECS service can be associated with only one deployment group."
                )


@limit("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def configurations(request: Request) -> None:
    """CodeDeploy API Reference, CreateDeploymentGroup: the configuration exists."""
    if name := request.params.get("deploymentConfigName"):
        configuration(request, name)


@limit("codedeploy", "CreateDeploymentGroup", "UpdateDeploymentGroup")
def targets(request: Request) -> None:
    """CodeDeploy API Reference, CreateDeploymentGroup: services and Auto Scaling groups exist."""
    groups = autoscaling_backends[request.account][request.region].autoscaling_groups
    for name in request.params.get("autoScalingGroups", []):
        if name not in groups:
            raise InvalidAutoScalingGroupError(
                f"The Auto Scaling group {name} was specified in an invalid format or does not "
                "exist."
            )
    services = ecs_backends[request.account][request.region].services.values()
    held = {(each.cluster_name, each.name) for each in services}
    for each in request.params.get("ecsServices", []):
        if _service(each) not in held:
            raise InvalidECSServiceError(
                f"The Amazon ECS service identifier {each.get('serviceName')} is not valid."
            )


def _service(given: Mapping[str, str]) -> tuple[str, str]:
    return given.get("clusterName", "default"), given.get("serviceName", "")

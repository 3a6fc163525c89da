"""CodeDeploy: the service role, and how many alarms a group has."""

from __future__ import annotations

import json

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request


class AlarmsLimitExceededError(AWSError):
    """More than ten: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "AlarmsLimitExceededException"


class InvalidRoleError(AWSError):
    """CodeDeploy can't assume it: CodeDeploy API Reference, CreateDeploymentGroup."""

    code = "InvalidRoleException"


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

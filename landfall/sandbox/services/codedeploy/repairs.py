"""CodeDeploy: a deployment group returns exactly the values that were set."""

from __future__ import annotations

from typing import Any

from moto.codedeploy import responses
from moto.codedeploy.models import DeploymentGroup

_info = responses._deployment_group_info
_IN_PLACE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}


def _deployment_group_info(group: DeploymentGroup) -> dict[str, Any]:
    """Keep alarms, which the emulator drops, and omit empty structures, as AWS does."""
    described = {key: value for key, value in _info(group).items() if value not in ({}, [], None)}
    if group.alarm_configuration:
        # API Reference, AlarmConfiguration: a failed poll stops a deployment by default.
        described["alarmConfiguration"] = {
            "enabled": False,
            "ignorePollAlarmFailure": False,
            **group.alarm_configuration,
        }
    if group.auto_scaling_groups:
        # API Reference, AutoScalingGroup: a name and the lifecycle hook that CodeDeploy puts there.
        described["autoScalingGroups"] = [
            {"name": name, "hook": f"CodeDeploy-managed-automatic-launch-deployment-hook-{name}"}
            for name in group.auto_scaling_groups
        ]
    described.setdefault("deploymentStyle", _IN_PLACE)
    return described


responses._deployment_group_info = _deployment_group_info

"""CloudFormation stacks by change set, with a separate service role."""

import json
from collections.abc import Mapping
from typing import Any

from components.delivery.deployments.arguments import DestinationArgs
from landfall.blueprint.deployments import DeploymentArgs


def actions(
    common: Mapping[str, Any],
    deployment: DeploymentArgs,
    destination: DestinationArgs,
    built: str,
) -> list[dict[str, Any]]:
    """Return two actions: one creates the change set, one executes it."""
    change_set = {"StackName": deployment["name"], "ChangeSetName": "landfall"}
    prepare: dict[str, Any] = {
        **change_set,
        "ActionMode": "CHANGE_SET_REPLACE",
        "TemplatePath": f"{built}::{deployment.get('template', 'template.yaml')}",
        "RoleArn": destination["service_role_arn"],
    }
    if deployment.get("capabilities"):
        prepare["Capabilities"] = ",".join(deployment["capabilities"])
    if deployment.get("parameters"):
        prepare["ParameterOverrides"] = json.dumps(deployment["parameters"], sort_keys=True)
    execute = {**change_set, "ActionMode": "CHANGE_SET_EXECUTE"}
    ours = {**common, "provider": "CloudFormation"}
    return [
        {**ours, "name": _named("Prepare", destination), "configuration": prepare, "run_order": 1},
        {
            **ours,
            "name": _named("Execute", destination),
            "configuration": execute,
            "run_order": 2,
            "input_artifacts": [],
        },
    ]


def _named(verb: str, destination: DestinationArgs) -> str:
    return f"{verb}-{destination['name']}" if destination["name"] else verb

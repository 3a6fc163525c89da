"""CloudFormation stacks by change set, with a separate service role."""

import json
from collections.abc import Mapping
from typing import Any

from components.delivery.deployments.arguments import DestinationArgs
from landfall.blueprint.cloudformation import overrides
from landfall.blueprint.deployments import DeploymentArgs

OUTPUTS = "StackVariables"
"""The namespace of the first destination's stack outputs."""


def outputs_of(position: int) -> str:
    """Return the namespace of the outputs of a pipeline's environment; the first is 1."""
    return OUTPUTS if position == 1 else f"{OUTPUTS}{position}"


def actions(
    common: Mapping[str, Any],
    deployment: DeploymentArgs,
    destination: DestinationArgs,
    built: str,
    position: int = 1,
) -> list[dict[str, Any]]:
    """Return two actions: one creates the change set, one executes it."""
    change_set = {"StackName": deployment["name"], "ChangeSetName": "landfall"}
    template = deployment.get("template", "template.yaml")
    prepare: dict[str, Any] = {
        **change_set,
        "ActionMode": "CHANGE_SET_REPLACE",
        "TemplatePath": f"{built}::{_path(template, destination)}",
        "RoleArn": destination["service_role_arn"],
    }
    if "configuration" in deployment:
        path = _path(deployment["configuration"], destination)
        prepare["TemplateConfiguration"] = f"{built}::{path}"
    if deployment.get("capabilities"):
        prepare["Capabilities"] = ",".join(deployment["capabilities"])
    if deployment.get("parameters"):
        parameters = overrides(deployment["parameters"], built)
        prepare["ParameterOverrides"] = json.dumps(parameters, sort_keys=True)
    execute: dict[str, Any] = {
        **common,
        "provider": "CloudFormation",
        "name": _named("Execute", destination),
        "configuration": {**change_set, "ActionMode": "CHANGE_SET_EXECUTE"},
        "run_order": 2,
        "input_artifacts": [],
    }
    if deployment.get("outputs") and not destination["name"]:
        execute["namespace"] = outputs_of(position)
    return [
        {
            **common,
            "provider": "CloudFormation",
            "name": _named("Prepare", destination),
            "configuration": prepare,
            "run_order": 1,
        },
        execute,
    ]


def _path(template: str, destination: DestinationArgs) -> str:
    """Return a path in the artifact with the destination's account and region in it."""
    for name in ("account", "region"):
        if name in destination:
            template = template.replace(f"{{{name}}}", destination[name])
    return template


def _named(verb: str, destination: DestinationArgs) -> str:
    return f"{verb}-{destination['name']}" if destination["name"] else verb

"""Stack sets: one action makes the set and its first stacks, further ones add targets in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from components.delivery.deployments.arguments import DestinationArgs
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.stack_sets import ACCOUNTS_TOGETHER, StackSetArgs, StackSetTargetsArgs


def actions(
    common: Mapping[str, Any],
    deployment: DeploymentArgs,
    destination: DestinationArgs,
    built: str,
) -> list[dict[str, Any]]:
    """Return the actions, one after the other: each for some accounts of a group of targets."""
    args = deployment["stack_set"]
    first, *others = _parts(args)
    made: dict[str, Any] = {
        **_operated(deployment, args, first),
        "TemplatePath": f"{built}::{deployment.get('template', 'template.yaml')}",
        "PermissionModel": "SELF_MANAGED",
        "AdministrationRoleArn": destination["service_role_arn"],
        "ExecutionRoleName": args["execution_role_name"],
    }
    if deployment.get("capabilities"):
        made["Capabilities"] = ",".join(deployment["capabilities"])
    if "parameter_file" in args:
        made["Parameters"] = f"{built}::{args['parameter_file']}"
    elif deployment.get("parameters"):
        made["Parameters"] = _shorthand(deployment["parameters"])
    found = [{**common, "provider": "CloudFormationStackSet", "name": "StackSet"}]
    found[0] |= {"configuration": made, "run_order": 1}
    for number, part in enumerate(others, 2):
        added = _operated(deployment, args, part)
        if part.get("parameters"):
            added["ParameterOverrides"] = _shorthand(part["parameters"])
        action = {**common, "provider": "CloudFormationStackInstances"}
        action |= {"name": f"Instances-{number}", "configuration": added, "run_order": number}
        found.append({**action, "input_artifacts": []})
    return found


def _parts(args: StackSetArgs) -> Iterator[StackSetTargetsArgs]:
    """Yield the groups, those with too many accounts for one action in several parts."""
    for group in args["targets"]:
        ids = group["account_ids"]
        for start in range(0, len(ids), ACCOUNTS_TOGETHER):
            yield {**group, "account_ids": ids[start : start + ACCOUNTS_TOGETHER]}


def _operated(
    deployment: DeploymentArgs, args: StackSetArgs, part: StackSetTargetsArgs
) -> dict[str, pulumi.Input[str]]:
    values: dict[str, pulumi.Input[str]] = {
        "StackSetName": deployment["name"],
        "DeploymentTargets": _joined(part["account_ids"]),
        "Regions": ",".join(part["regions"]),
        "FailureTolerancePercentage": str(args["failure_tolerance_percent"]),
    }
    if "max_concurrent_percent" in args:
        values["MaxConcurrentPercentage"] = str(args["max_concurrent_percent"])
    return values


def _joined(ids: Sequence[pulumi.Input[str]]) -> pulumi.Input[str]:
    plain = [each for each in ids if isinstance(each, str)]
    if len(plain) == len(ids):
        return ",".join(plain)
    return pulumi.Output.all(*ids).apply(",".join)


def _shorthand(parameters: Mapping[str, str]) -> str:
    return " ".join(
        f"ParameterKey={key},ParameterValue={value}" for key, value in sorted(parameters.items())
    )

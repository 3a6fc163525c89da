"""Sites in S3: groups of files with a cache header each, then an invalidation.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.delivery.deployments import runs
from components.delivery.deployments.arguments import DestinationArgs
from landfall.blueprint.deployments import DeploymentArgs


def actions(
    common: Mapping[str, Any],
    deployment: DeploymentArgs,
    destination: DestinationArgs,
    built: str,
    runner: pulumi.Input[str] | None,
) -> list[dict[str, Any]]:
    """Return the actions: one copies each group, in order, one the rest, one invalidates.

    The rest is last: pages refer to files of the groups.
    """
    result = []
    for number, group in enumerate(deployment.get("groups", []), 1):
        configuration = _configuration(deployment, group.get("cache_control"))
        if "folder" in group:
            configuration["ObjectKey"] = group["folder"]
        result.append(
            {
                **common,
                "provider": "S3",
                "name": _named(f"Deploy-{group['artifact']}", destination),
                "input_artifacts": [group["artifact"]],
                "configuration": configuration,
                "run_order": number,
            }
        )
    order = len(result) + 1
    copy: dict[str, Any] = {
        **common,
        "provider": "S3",
        "name": _named("Deploy", destination),
        "configuration": _configuration(deployment, deployment.get("cache_control")),
    }
    if order > 1 or "distribution" in deployment:
        copy["run_order"] = order
    result.append(copy)
    if "distribution" in deployment:
        invalidation = runs.run(_named("Invalidate", destination), destination, built, runner)
        result.append({**invalidation, "run_order": order + 1})
    return result


def _configuration(deployment: DeploymentArgs, cache_control: str | None) -> dict[str, str]:
    configuration = {"BucketName": deployment["name"], "Extract": "true"}
    if "bucket_key" in deployment:
        configuration["KMSEncryptionKeyARN"] = deployment["bucket_key"]
    if cache_control is not None:
        configuration["CacheControl"] = cache_control
    return configuration


def _named(name: str, destination: DestinationArgs) -> str:
    return f"{name}-{destination['name']}" if destination["name"] else name

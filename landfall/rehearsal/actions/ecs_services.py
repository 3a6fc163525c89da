"""The ECS deploy action: new images for the task definition of a service that ECS rolls out.

The sandbox runs no tasks: a service counts as steady as soon as it has the new task definition.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from botocore.exceptions import ClientError

from landfall.rehearsal.codedeploy.task_definitions import register
from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import Work


def run(work: Work) -> Result:
    """Register a revision of the service's task definition, and update the service to it."""
    try:
        return _deployed(work)
    except ClientError as error:
        code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        kind = "PermissionError" if "AccessDenied" in code else "JobFailed"
        raise ActionError(said or code, kind) from None


def _deployed(work: Work) -> Result:
    config, client = work.configuration, work.client("ecs")
    cluster, name = config["ClusterName"], config["ServiceName"]
    images = _images(work)
    found = client.describe_services(cluster=cluster, services=[name])["services"]
    active = [each for each in found if each["status"] == "ACTIVE"]
    if not active:
        raise ActionError(f"Service {name} of cluster {cluster} is not active.")
    if active[0].get("deploymentController", {}).get("type", "ECS") != "ECS":
        raise ActionError(
            f"The deployment controller of service {name} is not ECS: use CodeDeployToECS.",
            "ConfigurationError",
        )
    before = active[0]["taskDefinition"]
    described = client.describe_task_definition(taskDefinition=before, include=["TAGS"])
    definition = described["taskDefinition"]
    known = {each["name"] for each in definition["containerDefinitions"]}
    if unknown := sorted(images.keys() - known):
        raise ActionError(
            f"The task definition has no container {unknown[0]}: it has "
            f"{', '.join(sorted(known))}.",
            "ConfigurationError",
        )
    for each in definition["containerDefinitions"]:
        each["image"] = images.get(each["name"], each["image"])
    tags = {"tags": described["tags"]} if described.get("tags") else {}
    arn = register(work, {**definition, **tags})
    client.update_service(cluster=cluster, service=name, taskDefinition=arn)
    shown = ", ".join(images.values())
    return Result(
        summary=f"service {cluster}/{name} has {arn.rpartition('/')[2]}",
        reference=arn,
        live=f"service {cluster}/{name}: {arn.rpartition('/')[2]}, image {shown}",
        more=f"aws ecs describe-services --cluster {cluster} --services {name}",
    )


def _images(work: Work) -> dict[str, str]:
    """Return the images by container, as the image definitions file says."""
    artifact, path = (
        work.input_names[0],
        work.configuration.get("FileName", "imagedefinitions.json"),
    )
    try:
        with zipfile.ZipFile(io.BytesIO(work.read(artifact))) as archive:
            text = archive.read(path)
    except zipfile.BadZipFile:
        raise ActionError(f"Artifact {artifact} is not a valid zip file.") from None
    except KeyError:
        raise ActionError(
            f"Did not find the image definition file {path} in the input artifacts ZIP file.",
            "ConfigurationError",
        ) from None
    try:
        found: Any = json.loads(text)
        return {str(each["name"]): str(each["imageUri"]) for each in found}
    except (ValueError, KeyError, TypeError):
        raise ActionError(
            f"The image definition file {path} is a list of objects with name and imageUri.",
            "ConfigurationError",
        ) from None

"""The CodeDeploy actions: to EC2 instances in place, and to ECS services blue by green.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal.codedeploy import running
from landfall.rehearsal.codedeploy.deployments import inside
from landfall.rehearsal.codedeploy.task_definitions import registered
from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import Work

_IMAGES: Final = range(1, 5)
_TASK_DEFINITION: Final = "<TASK_DEFINITION>"


def run(work: Work) -> Result:
    """Deploy the input artifact to the instances of a deployment group."""
    where = work.inputs.get(work.input_names[0])
    if where is None:
        raise ActionError(f"Artifact {work.input_names[0]} is missing.", "ConfigurationError")
    location = {"bucket": where.bucket, "key": where.key, "bundleType": "zip"}
    return _deployed(work, {"revisionType": "S3", "s3Location": location})


def run_ecs(work: Work) -> Result:
    """Register the task definition of the input artifact, and deploy it to a service."""
    config = work.configuration
    definition = _file(
        work,
        config["TaskDefinitionTemplateArtifact"],
        config.get("TaskDefinitionTemplatePath", "taskdef.json"),
    )
    content = _file(
        work, config["AppSpecTemplateArtifact"], config.get("AppSpecTemplatePath", "appspec.yaml")
    )
    for placeholder, image in _images(work).items():
        definition = definition.replace(f"<{placeholder}>", image)
    arn = _refusals_named(lambda: registered(work, definition))
    content = content.replace(_TASK_DEFINITION, arn)
    digest = hashlib.sha256(content.encode()).hexdigest()
    revision = {
        "revisionType": "AppSpecContent",
        "appSpecContent": {"content": content, "sha256": digest},
    }
    return _deployed(work, revision)


def _deployed(work: Work, revision: Mapping[str, Any]) -> Result:
    config, client = work.configuration, work.client("codedeploy")
    application, group = config["ApplicationName"], config["DeploymentGroupName"]

    def create() -> str:
        client.get_application(applicationName=application)
        client.register_application_revision(applicationName=application, revision=revision)
        client.get_application_revision(applicationName=application, revision=revision)
        return str(
            client.create_deployment(
                applicationName=application, deploymentGroupName=group, revision=revision
            )["deploymentId"]
        )

    identity = _refusals_named(create)
    outcome = running.run(work, identity)
    more = _reading(work, identity)
    _refusals_named(lambda: client.get_deployment(deploymentId=identity))
    if outcome.error is not None:
        said = outcome.error.message
        if outcome.rollback_error is not None:
            said += f"\nIts rollback {outcome.rollback} failed: {outcome.rollback_error.message}"
        elif outcome.rollback:
            said += f"\nDeployment {outcome.rollback} rolled back to the last successful revision."
        kinds = ("IAM_ROLE_PERMISSIONS", "IAM_ROLE_MISSING")
        code = "PermissionError" if outcome.error.code in kinds else "JobFailed"
        raise ActionError(f"{identity}: {said}", code, identity, more)
    return Result(
        summary=f"deployment {identity}", reference=identity, live=outcome.live, more=more
    )


def _reading(work: Work, identity: str) -> str:
    """Return the command that shows a deployment's targets; the deployment if it has none."""
    targets = inside(work, "codedeploy").list_deployment_targets(deploymentId=identity)["targetIds"]
    if not targets:
        return f"aws deploy get-deployment --deployment-id {identity}"
    return (
        f"aws deploy batch-get-deployment-targets --deployment-id {identity} "
        f"--target-ids {' '.join(targets)}"
    )


def _refusals_named(call: Any) -> Any:
    """Return what a call gives; a refusal of AWS fails the action in AWS's words."""
    try:
        return call()
    except ClientError as error:
        code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        kind = "PermissionError" if "AccessDenied" in code else "JobFailed"
        raise ActionError(said or code, kind) from None


def _images(work: Work) -> dict[str, str]:
    """Return the images by their placeholders, as `imageDetail.json` of an artifact names them."""
    found: dict[str, str] = {}
    for number in _IMAGES:
        artifact = work.configuration.get(f"Image{number}ArtifactName")
        if artifact is None:
            continue
        text = _file(work, artifact, "imageDetail.json")
        try:
            image = str(json.loads(text)["ImageURI"])
        except (ValueError, KeyError, TypeError):
            raise ActionError(
                f"imageDetail.json of artifact [{artifact}] has no ImageURI.", "ConfigurationError"
            ) from None
        if not re.fullmatch(r"\S+", image):
            raise ActionError(f"'{image}' is no image.", "ConfigurationError")
        found[work.configuration[f"Image{number}ContainerName"]] = image
    return found


def _file(work: Work, artifact: str, path: str) -> str:
    """Return a file of an artifact."""
    try:
        with zipfile.ZipFile(io.BytesIO(work.read(artifact))) as archive:
            return archive.read(path).decode(errors="replace")
    except zipfile.BadZipFile:
        raise ActionError(f"Artifact {artifact} is not a valid zip file.") from None
    except KeyError:
        raise ActionError(f"File [{path}] does not exist in artifact [{artifact}].") from None

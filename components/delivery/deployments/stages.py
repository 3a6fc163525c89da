"""The deployment stages of a pipeline: one for each wave, with destinations in parallel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.delivery.deployments import (
    cloudformation,
    configurations,
    runs,
    site,
    stack_set,
)
from components.delivery.deployments.arguments import DestinationArgs
from components.delivery.deployments.runs import Plans
from components.delivery.rollback import RollbackArgs, guarded
from landfall.blueprint.codedeploy import group_name
from landfall.blueprint.deployments import (
    CLOUDFORMATION,
    EC2,
    ECS,
    ECS_SERVICE,
    EKS,
    IN_BUILD,
    INVOKE,
    PROJECT,
    S3,
    STACK_SET,
    DeploymentArgs,
)


@dataclass(frozen=True, kw_only=True)
class PipelineParts:
    """What a deployment uses of its pipeline.

    `built` is the build's artifact, `image` the artifact with the container image, if it is a
    separate one. `runner` is the name of the build that runs the deployment or a step of it;
    `plans` are what it applies. `tests` are actions after the deployment in the first wave's
    stage, in the order of their `run_order`. `position` counts the pipeline's environments.
    """

    region: str
    built: str
    image: str | None = None
    runner: pulumi.Input[str] | None = None
    plans: Plans | None = None
    tests: Sequence[dict[str, Any]] = ()
    position: int = 1


def deploy_stages(
    deployment: DeploymentArgs,
    waves: Sequence[Sequence[DestinationArgs]],
    rollback: RollbackArgs,
    own: PipelineParts,
) -> list[dict[str, Any]]:
    """Return the stages that deploy a pipeline's build, one for each wave.

    A wave starts when the previous one has succeeded, including its conditions.
    """
    if own.image is not None:
        deployment = {**deployment, "image_artifact": own.image}
    result = []
    for number, wave in enumerate(waves, 1):
        actions = [
            action for destination in wave for action in _actions(deployment, destination, own)
        ]
        if number == 1:
            last = max(action.get("run_order", 1) for action in actions)
            actions += [{**test, "run_order": last + test["run_order"]} for test in own.tests]
        stage = {"name": "Deploy" if number == 1 else f"Deploy-{number}", "actions": actions}
        result.append(guarded(stage, rollback, wave, own.region))
    return result


def _actions(
    deployment: DeploymentArgs, destination: DestinationArgs, own: PipelineParts
) -> list[dict[str, Any]]:
    built, runner = own.built, own.runner
    name = f"Deploy-{destination['name']}" if destination["name"] else "Deploy"
    if deployment["kind"] in IN_BUILD:
        return [runs.deploy(name, destination, built, runner, own.plans)]
    common: dict[str, Any] = {
        "category": "Deploy",
        "owner": "AWS",
        "version": "1",
        "input_artifacts": [built],
        "role_arn": destination["deploy_role_arn"],
    }
    if destination["region"] != own.region:
        common["region"] = destination["region"]
    kind = deployment["kind"]
    if kind == CLOUDFORMATION:
        return cloudformation.actions(common, deployment, destination, built, own.position)
    if kind == STACK_SET:
        return stack_set.actions(common, deployment, destination, built)
    if kind == S3:
        return site.actions(common, deployment, destination, built, runner)
    if kind in _CONFIGURED:
        category, provider, of = _CONFIGURED[kind]
        chosen = {"category": category, "provider": provider, "configuration": of(deployment)}
        return [{**common, **chosen, "name": name}]
    provider, configuration = "Lambda", _lambda(deployment, destination)
    if kind == ECS_SERVICE:
        provider, configuration = "ECS", _ecs_service(deployment)
    if kind in (EC2, ECS):
        provider = "CodeDeployToECS" if kind == ECS else "CodeDeploy"
        configuration = {
            "ApplicationName": group_name(deployment),
            "DeploymentGroupName": group_name(deployment),
        }
    if kind == ECS:
        configuration |= _ecs(deployment, built)
        image = configuration.get("Image1ArtifactName", built)
        common["input_artifacts"] = list(dict.fromkeys([built, image]))
    return [{**common, "name": name, "provider": provider, "configuration": configuration}]


def _lambda(deployment: DeploymentArgs, destination: DestinationArgs) -> dict[str, str]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html."""
    configuration = {
        "FunctionName": deployment["name"],
        "FunctionAlias": deployment.get("alias", "live"),
        "DeployStrategy": deployment.get("strategy", "AllAtOnce"),
    }
    if destination.get("alarms"):
        configuration["Alarms"] = ",".join(destination["alarms"])
    return configuration


def _ecs_service(deployment: DeploymentArgs) -> dict[str, str]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html."""
    return {
        "ClusterName": deployment.get("cluster", "default"),
        "ServiceName": deployment["name"],
        "FileName": deployment.get("image_definitions", "imagedefinitions.json"),
        "DeploymentTimeout": str(deployment.get("timeout_minutes", 60)),
    }


def _ecs(deployment: DeploymentArgs, built: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html."""
    configuration = {
        "TaskDefinitionTemplateArtifact": built,
        "TaskDefinitionTemplatePath": deployment.get("task_definition", "taskdef.json"),
        "AppSpecTemplateArtifact": built,
        "AppSpecTemplatePath": deployment.get("appspec", "appspec.yaml"),
    }
    if "image_placeholder" in deployment:
        configuration["Image1ArtifactName"] = deployment.get("image_artifact", built)
        configuration["Image1ContainerName"] = deployment["image_placeholder"]
    return configuration


_CONFIGURED: dict[str, tuple[str, str, Callable[[DeploymentArgs], dict[str, str]]]] = {
    EKS: ("Deploy", "EKS", configurations.cluster),
    INVOKE: ("Invoke", "Lambda", configurations.function),
    PROJECT: ("Build", "CodeBuild", configurations.project),
}

"""A deployment to an ECS service, blue by green.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from landfall.rehearsal import traffic
from landfall.rehearsal.codedeploy import appspec, hooks, watching
from landfall.rehearsal.codedeploy.appspec import AppSpecError, ServiceSpec
from landfall.rehearsal.codedeploy.deployments import (
    RUNNING,
    SUCCEEDED,
    Deployment,
    DeploymentError,
    Target,
    inside,
    refused,
)
from landfall.rehearsal.codedeploy.listeners import Listeners
from landfall.rehearsal.work import BAKE, DEPLOYMENT

_ORIGINAL = ("launchType", "networkConfiguration", "platformVersion", "capacityProviderStrategy")
"""What a replacement task set takes from the original if the AppSpec file does not say it."""


def deploy(deployment: Deployment, info: Mapping[str, Any]) -> None:
    """Replace the tasks of a service; on a failure, return its traffic if the group says so.

    Raises:
        DeploymentError: a hook failed, an alarm rang, or a call was refused.

    """
    spec = _spec(info)
    replacement = Replacement(deployment, spec)
    try:
        replacement.run()
    except (DeploymentError, ClientError) as error:
        if deployment.rolls_back(error):
            deployment.work.rung.quiet()
            _return(deployment, replacement)
        raise


def _return(deployment: Deployment, replacement: Replacement) -> None:
    """Return to the original tasks; keep why that fails for the rollback's deployment."""
    try:
        replacement.back()
    except ClientError as error:
        deployment.not_returned = refused(error)


def _spec(info: Mapping[str, Any]) -> ServiceSpec:
    try:
        return appspec.of_service(info["revision"]["appSpecContent"]["content"])
    except AppSpecError as error:
        lines = [f"appspec.yaml:{each.line}: {each.message}" for each in error.mistakes]
        raise DeploymentError("\n".join(lines), "INVALID_REVISION") from None


class Replacement:
    """The replacement of a service's task set, and its way back."""

    def __init__(self, deployment: Deployment, spec: ServiceSpec) -> None:
        (service,) = deployment.group["ecsServices"]
        self._where = {"cluster": service["clusterName"], "service": service["serviceName"]}
        self._deployment, self._spec = deployment, spec
        self._ecs = deployment.client("ecs")
        self._target = Target(
            f"{service['clusterName']}:{service['serviceName']}", "ECSTarget", RUNNING
        )
        deployment.targets = [self._target]
        self._original = self._primary()
        self._listeners = Listeners(deployment)
        self._made: dict[str, Any] | None = None
        self._is_primary = False

    def _primary(self) -> Mapping[str, Any]:
        cluster, name = self._where["cluster"], self._where["service"]
        found = self._ecs.describe_services(cluster=cluster, services=[name])["services"]
        active = [each for each in found if each["status"] == "ACTIVE"]
        if not active:
            raise DeploymentError(
                f"The ECS service {name} of cluster {cluster} is not active.", "INVALID_ECS_SERVICE"
            )
        if active[0].get("deploymentController", {}).get("type") != "CODE_DEPLOY":
            raise DeploymentError(
                f"The deployment controller of the ECS service {name} is not CODE_DEPLOY.",
                "INVALID_ECS_SERVICE",
            )
        for each in active[0].get("taskSets", []):
            if each["status"] == "PRIMARY":
                found_: Mapping[str, Any] = each
                return found_
        raise DeploymentError(
            f"The ECS service {name} has no primary task set.", "ECS_UPDATE_ERROR"
        )

    def run(self) -> None:
        """Run the lifecycle events in their order."""
        watching.at_once(self._deployment, ring=False)
        self._hook("BeforeInstall")
        self._event("Install", self._install)
        self._hook("AfterInstall")
        if self._listeners.has_test:
            self._event("AllowTestTraffic", lambda: self._listeners.test_to(self._green))
            self._hook("AfterAllowTestTraffic")
        self._hook("BeforeAllowTraffic")
        self._event("AllowTraffic", self._allow)
        self._hook("AfterAllowTraffic")
        self._keep()
        self._target.status = SUCCEEDED
        self._ecs.delete_task_set(**self._where, taskSet=self._original["taskSetArn"], force=True)

    def _event(self, name: str, do: Any) -> None:
        event = self._deployment.event(self._target, name)
        try:
            do()
        except (DeploymentError, ClientError) as error:
            why = error.message if isinstance(error, DeploymentError) else str(error)
            self._deployment.done(event, "Failed", errorCode="UnknownError", message=why)
            raise
        self._show()
        self._deployment.done(event)

    def _hook(self, name: str) -> None:
        if name not in self._spec.hooks:
            return
        function = self._spec.hooks[name]
        self._deployment.work.note(f"{self._deployment.id}: {name} calls {function}")
        hooks.call(self._deployment, self._target, name, function)

    @property
    def _green(self) -> str:
        return self._listeners.other

    def _install(self) -> None:
        spec = self._spec
        settings = {name: self._original[name] for name in _ORIGINAL if self._original.get(name)}
        balancer = {
            "targetGroupArn": self._green,
            "containerName": spec.container,
            "containerPort": spec.port,
        }
        made: dict[str, Any] = self._ecs.create_task_set(
            **self._where,
            taskDefinition=spec.task_definition,
            externalId=self._deployment.id,
            loadBalancers=[balancer],
            scale={"unit": "PERCENT", "value": 100.0},
            **{**settings, **spec.settings},
        )["taskSet"]
        self._made = made

    def _allow(self) -> None:
        deployment = self._deployment
        for step in traffic.routed(deployment.configuration.get("trafficRoutingConfig", {})):
            self._listeners.shift(step.percent)
            self._show(step.percent)
            deployment.work.note(f"{deployment.id}: the new tasks have {step.percent} %")
            deployment.report()
            watching.during(deployment, step.minutes, DEPLOYMENT if step.minutes else "")
        assert self._made is not None  # noqa: S101 - Install has made it
        self._ecs.update_service_primary_task_set(
            **self._where, primaryTaskSet=self._made["taskSetArn"]
        )
        self._is_primary = True
        watching.during(deployment, 0, DEPLOYMENT)

    def _keep(self) -> None:
        """Keep the original tasks, and watch, for as long as the group says."""
        option = self._deployment.group.get("blueGreenDeploymentConfiguration", {}).get(
            "terminateBlueInstancesOnDeploymentSuccess", {}
        )
        minutes = option.get("terminationWaitTimeInMinutes", 0)
        if minutes:
            self._deployment.work.note(
                f"{self._deployment.id}: keeps the original tasks for {minutes} min"
            )
            watching.during(self._deployment, minutes, BAKE)

    def back(self) -> None:
        """Return all traffic to the original tasks and remove the new ones."""
        if self._made is None:
            return
        self._listeners.back()
        if self._is_primary:
            self._ecs.update_service_primary_task_set(
                **self._where, primaryTaskSet=self._original["taskSetArn"]
            )
        self._ecs.delete_task_set(**self._where, taskSet=self._made["taskSetArn"], force=True)

    def _show(self, percent: int | None = None) -> None:
        """Show both task sets in the target, as ECSTaskSet of the API."""
        shown = [_shown(self._original, "Blue", 100 - (percent or 0))]
        if self._made is not None:
            shown.append(_shown(self._made, "Green", percent or 0))
        if percent is not None or "taskSetsInfo" not in self._target.details:
            self._target.details["taskSetsInfo"] = shown


def _shown(task_set: Mapping[str, Any], label: str, weight: int) -> dict[str, Any]:
    return {
        "identifer": task_set["id"],
        "status": task_set["status"],
        "trafficWeight": float(weight),
        "taskSetLabel": label,
    }


def live(deployment: Deployment) -> str:
    """Return what a service runs: its primary task definition with its images."""
    (service,) = deployment.group["ecsServices"]
    cluster, name = service["clusterName"], service["serviceName"]
    client = inside(deployment.work, "ecs")
    found = client.describe_services(cluster=cluster, services=[name])["services"][0]
    arn = next(
        (each["taskDefinition"] for each in found["taskSets"] if each["status"] == "PRIMARY"),
        found["taskDefinition"],
    )
    definition = client.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    images = ", ".join(each["image"] for each in definition["containerDefinitions"])
    return f"service {cluster}/{name}: {arn.rpartition('/')[2]}, image {images}"

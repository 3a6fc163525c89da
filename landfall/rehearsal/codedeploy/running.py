"""Run a deployment that is in the sandbox's CodeDeploy, with its automatic rollback.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from landfall.rehearsal.codedeploy import servers, services
from landfall.rehearsal.codedeploy.deployments import (
    Deployment,
    DeploymentError,
    inside,
    refused,
)
from landfall.rehearsal.work import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deployment ended: why it failed, if it did, and the id of the rollback that followed.

    `rollback_error` says why the rollback failed, if it did. `live` tells what is deployed
    afterwards.
    """

    error: DeploymentError | None
    rollback: str
    rollback_error: DeploymentError | None
    live: str


def run(work: Work, identity: str) -> Outcome:
    """Run a deployment; if it fails, roll back as its group says."""
    client = inside(work, "codedeploy")
    info = client.get_deployment(deploymentId=identity)["deploymentInfo"]
    group = client.get_deployment_group(
        applicationName=info["applicationName"], deploymentGroupName=info["deploymentGroupName"]
    )["deploymentGroupInfo"]
    deployment = Deployment(work, group, identity)
    error = _carried_out(deployment, info)
    rollback, rollback_error = "", None
    if error is not None and deployment.rolls_back(error):
        work.rung.quiet()
        rollback, rollback_error = _rolled_back(deployment, error)
    live = servers.live if group["computePlatform"] == "Server" else services.live
    return Outcome(error, rollback, rollback_error, live(deployment))


def _carried_out(deployment: Deployment, info: Mapping[str, Any]) -> DeploymentError | None:
    try:
        deployment.begin()
        if deployment.group["computePlatform"] == "Server":
            servers.deploy(deployment, info)
        else:
            services.deploy(deployment, info)
    except DeploymentError as error:
        failed = error
    except ClientError as error:
        failed = refused(error)
    else:
        deployment.end(None)
        return None
    deployment.end(failed)
    return failed


def _rolled_back(failed: Deployment, why: DeploymentError) -> tuple[str, DeploymentError | None]:
    """Deploy the last successful revision again, as a deployment of its own.

    Return its id, and why it failed, if it did. The tasks of an ECS service were returned before.
    """
    client = inside(failed.work, "codedeploy")
    last = _last_success(client, failed)
    if last is None:
        failed.report(
            completeTime=_completed(client, failed.id),
            rollbackInfo={"rollbackMessage": "No previous successful deployment to roll back to."},
        )
        return "", None
    made: str = client.create_deployment(
        applicationName=failed.application,
        deploymentGroupName=failed.name,
        revision=last["revision"],
        fileExistsBehavior=last.get("fileExistsBehavior", "DISALLOW"),
        description="Automatic rollback",
    )["deploymentId"]
    back = Deployment(failed.work, {**failed.group, "alarmConfiguration": {}}, made)
    message = f"{failed.id} failed: {why.message.splitlines()[0]}"
    back.report(
        creator="codeDeployRollback",
        rollbackInfo={"rollbackTriggeringDeploymentId": failed.id, "rollbackMessage": message},
    )
    failed.report(
        completeTime=_completed(client, failed.id),
        rollbackInfo={
            "rollbackDeploymentId": made,
            "rollbackMessage": f"Deployment {made} rolls back to the revision of "
            f"{last['deploymentId']}.",
        },
    )
    failed.work.note(f"{failed.id} failed; {made} rolls back to {last['deploymentId']}")
    if failed.group["computePlatform"] == "Server":
        return made, _carried_out(back, client.get_deployment(deploymentId=made)["deploymentInfo"])
    back.begin()
    back.end(failed.not_returned)
    return made, failed.not_returned


def _completed(client: Any, identity: str) -> float:
    found = client.get_deployment(deploymentId=identity)["deploymentInfo"]["completeTime"]
    return float(found.timestamp())


def _last_success(client: Any, failed: Deployment) -> Mapping[str, Any] | None:
    """Return the last successful deployment of a group."""
    found = client.list_deployments(
        applicationName=failed.application,
        deploymentGroupName=failed.name,
        includeOnlyStatuses=["Succeeded"],
    )["deployments"]
    if not found:
        return None
    last: Mapping[str, Any] = client.get_deployment(deploymentId=found[0])["deploymentInfo"]
    return last

"""CodeDeploy: deployments with their targets, and revisions.

A deployment that `landfall rehearse` runs has what it reported, `landfall.sandbox.rehearsals`; any
other stays as CreateDeployment leaves it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import string
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.codedeploy import responses
from moto.codedeploy.models import CodeDeployBackend, DeploymentInfo, codedeploy_backends
from moto.utilities.utils import get_partition

from landfall.aws.arns import arn_of
from landfall.sandbox.across_services import service_events
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_LETTERS: Final = string.ascii_uppercase + string.digits
_STATES: Final = {
    "InProgress": "START",
    "Succeeded": "SUCCESS",
    "Failed": "FAILURE",
    "Stopped": "STOP",
}
_OWN: Final = ("targets", "stopping")
_ENDED: Final = ("Succeeded", "Failed", "Stopped")
_PLATFORM_REVISIONS: Final = {
    "Server": ("S3", "GitHub"),
    "ECS": ("S3", "AppSpecContent", "String"),
    "Lambda": ("S3", "AppSpecContent", "String"),
}

_rehearsed: Store[dict[str, Any]] = Store()
"""What rehearsed deployments have become, by id: members of DeploymentInfo, and `targets`."""

_revisions: Store[dict[str, Any]] = Store()
_hooks: Store[str] = Store()
"""The results of hooks that functions gave, by the id of the hook's execution."""


class DeploymentDoesNotExistError(AWSError):
    """No such deployment: CodeDeploy API Reference, GetDeployment."""

    code = "DeploymentDoesNotExistException"


class DeploymentTargetDoesNotExistError(AWSError):
    """No such target: CodeDeploy API Reference, GetDeploymentTarget."""

    code = "DeploymentTargetDoesNotExistException"


class DeploymentLimitExceededError(AWSError):
    """The group already deploys: CodeDeploy API Reference, CreateDeployment."""

    code = "DeploymentLimitExceededException"


class DeploymentAlreadyCompletedError(AWSError):
    """It has ended: CodeDeploy API Reference, StopDeployment."""

    code = "DeploymentAlreadyCompletedException"


class InvalidRevisionError(AWSError):
    """A revision that the platform does not take: CodeDeploy API Reference, CreateDeployment."""

    code = "InvalidRevisionException"


class RevisionDoesNotExistError(AWSError):
    """No such revision: CodeDeploy API Reference, GetApplicationRevision."""

    code = "RevisionDoesNotExistException"


class InvalidLifecycleEventHookExecutionIdError(AWSError):
    """No such hook: CodeDeploy API Reference, PutLifecycleEventHookExecutionStatus."""

    code = "InvalidLifecycleEventHookExecutionIdException"


def _backend(request: Request) -> CodeDeployBackend:
    return codedeploy_backends[request.account][request.region]


@addition("codedeploy", "CreateDeployment")
def create_deployment(request: Request) -> Mapping[str, Any]:
    """Create a deployment, which only a rehearsal runs: API Reference, CreateDeployment."""
    backend, params = _backend(request), request.params
    name, group = params["applicationName"], params.get("deploymentGroupName", "")
    application = backend.get_application(name)
    backend.get_deployment_group(name, group)
    kind = params.get("revision", {}).get("revisionType")
    if kind not in _PLATFORM_REVISIONS[application.compute_platform]:
        raise InvalidRevisionError(
            f"For {application.compute_platform} deployments, the revision type {kind} is invalid."
        )
    for deployment, found in _rehearsed.of(request).items():
        held = backend.deployments[deployment]
        if (held.application_name, held.deployment_group_name) != (name, group):
            continue
        if found["status"] not in _ENDED:
            raise DeploymentLimitExceededError(
                f"The Deployment Group '{group}' already has an active Deployment '{deployment}'"
            )
    made = backend.create_deployment(
        name,
        group,
        params["revision"],
        params.get("deploymentConfigName"),
        params.get("description"),
        params.get("ignoreApplicationStopFailures", False),
        params.get("targetInstances"),
        params.get("autoRollbackConfiguration"),
        params.get("updateOutdatedInstancesOnly", False),
        params.get("fileExistsBehavior", "DISALLOW"),
        params.get("overrideAlarmConfiguration"),
    )
    identity = "d-" + "".join(secrets.choice(_LETTERS) for _ in range(9))
    deployment_ = backend.deployments.pop(made)
    deployment_.deployment_id = identity
    backend.deployments[identity] = deployment_
    _register(request, name, params["revision"], "")
    return {"deploymentId": identity}


def keep_deployment(account: str, region: str, identity: str, members: Mapping[str, Any]) -> None:
    """Keep what a rehearsed deployment has become, and send the event of a new status."""
    found = _rehearsed.at(account, region).setdefault(identity, {"status": "Created"})
    before = found["status"]
    found.update(members)
    if found["status"] != before:
        _announce(
            account, region, codedeploy_backends[account][region].deployments[identity], found
        )


def _announce(
    account: str, region: str, deployment: DeploymentInfo, found: Mapping[str, Any]
) -> None:
    """Send the event of a status: User Guide, 'Monitoring deployments with CloudWatch Events'."""
    state = _STATES.get(found["status"])
    if state is None:
        return
    application, group = deployment.application_name, deployment.deployment_group_name
    arn = arn_of(
        get_partition(region),
        "codedeploy",
        f"deploymentgroup:{application}/{group}",
        region=region,
        account=account,
    )
    detail = {
        "region": region,
        "application": application,
        "deploymentGroup": group,
        "deploymentId": deployment.deployment_id,
        "instanceGroupId": deployment.deployment_group.deployment_group_id,
        "state": state,
    }
    service_events.send(
        account, region, "CodeDeploy Deployment State-change Notification", detail, arn
    )


def forget_revisions(request: Request, application: str) -> None:
    """Forget the revisions of an application, as when it is deleted."""
    for key in [each for each in _revisions.of(request) if each.startswith(f"{application} ")]:
        del _revisions.of(request)[key]


def hook_result(account: str, region: str, identity: str) -> str:
    """Return the result that a function gave for a hook; await one from now on."""
    return _hooks.at(account, region).setdefault(identity, "")


_moto_info = responses._deployment_info


def _described(deployment: DeploymentInfo, found: Mapping[str, Any]) -> dict[str, Any]:
    info: dict[str, Any] = {
        name: value
        for name, value in _moto_info(deployment).items()
        if value not in ({}, [], None, "")
    }
    info.pop("deploymentOverview", None)
    return info | {name: value for name, value in found.items() if name not in _OWN}


def _of(request: Request, identity: str) -> tuple[DeploymentInfo, dict[str, Any]]:
    held = _backend(request).deployments.get(identity)
    if held is None:
        raise DeploymentDoesNotExistError(f"The deployment {identity} could not be found")
    return held, _rehearsed.of(request).get(identity, {})


@addition("codedeploy", "GetDeployment")
def get_deployment(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, GetDeployment."""
    return {"deploymentInfo": _described(*_of(request, request.params["deploymentId"]))}


@addition("codedeploy", "BatchGetDeployments")
def batch_get_deployments(request: Request) -> Mapping[str, Any]:
    """Omit those that do not exist: CodeDeploy API Reference, BatchGetDeployments."""
    held = _backend(request).deployments
    return {
        "deploymentsInfo": [
            _described(*_of(request, each))
            for each in request.params["deploymentIds"]
            if each in held
        ]
    }


@addition("codedeploy", "ListDeployments")
def list_deployments(request: Request) -> Mapping[str, Any]:
    """List them, newest first: CodeDeploy API Reference, ListDeployments."""
    params = request.params
    application, group = params.get("applicationName"), params.get("deploymentGroupName")
    if application:
        _backend(request).get_deployment_group(application, group or "")
    wanted = params.get("includeOnlyStatuses", [])
    found = []
    for identity in _backend(request).deployments:
        info = _described(*_of(request, identity))
        if application and (info["applicationName"], info["deploymentGroupName"]) != (
            application,
            group,
        ):
            continue
        if not wanted or info["status"] in wanted:
            found.append(identity)
    return paged("deployments", found[::-1], params, next_member="nextToken")


@addition("codedeploy", "StopDeployment")
def stop_deployment(request: Request) -> Mapping[str, Any]:
    """Ask a rehearsal to stop a deployment: CodeDeploy API Reference, StopDeployment."""
    identity = request.params["deploymentId"]
    held, found = _of(request, identity)
    if _described(held, found)["status"] in _ENDED:
        raise DeploymentAlreadyCompletedError(f"The deployment {identity} has already completed")
    _rehearsed.of(request).setdefault(identity, {"status": "Created"})["stopping"] = True
    return {"status": "Pending", "statusMessage": "The deployment is being stopped."}


def is_stopping(account: str, region: str, identity: str) -> bool:
    """Return whether StopDeployment was called for a deployment."""
    return bool(_rehearsed.at(account, region).get(identity, {}).get("stopping"))


@addition("codedeploy", "ListDeploymentTargets")
def list_deployment_targets(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, ListDeploymentTargets."""
    _, found = _of(request, request.params["deploymentId"])
    return {"targetIds": [_target(each)["targetId"] for each in found.get("targets", [])]}


@addition("codedeploy", "BatchGetDeploymentTargets")
def batch_get_deployment_targets(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, BatchGetDeploymentTargets."""
    params = request.params
    _, found = _of(request, params["deploymentId"])
    wanted = params.get("targetIds")
    targets = [
        each
        for each in found.get("targets", [])
        if wanted is None or _target(each)["targetId"] in wanted
    ]
    return {"deploymentTargets": targets}


@addition("codedeploy", "GetDeploymentTarget")
def get_deployment_target(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, GetDeploymentTarget."""
    params = request.params
    _, found = _of(request, params["deploymentId"])
    for each in found.get("targets", []):
        if _target(each)["targetId"] == params["targetId"]:
            return {"deploymentTarget": each}
    raise DeploymentTargetDoesNotExistError(f"No target {params['targetId']}")


def _target(target: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        value for name, value in target.items() if name != "deploymentTargetType"
    )
    return found


@addition("codedeploy", "PutLifecycleEventHookExecutionStatus")
def put_lifecycle_event_hook_execution_status(request: Request) -> Mapping[str, Any]:
    """Keep a function's result: API Reference, PutLifecycleEventHookExecutionStatus."""
    params = request.params
    _of(request, params.get("deploymentId", ""))
    identity = params.get("lifecycleEventHookExecutionId", "")
    if identity not in _hooks.of(request):
        raise InvalidLifecycleEventHookExecutionIdError(
            "The lifecycle event hook execution ID is invalid."
        )
    _hooks.of(request)[identity] = params.get("status", "")
    return {"lifecycleEventHookExecutionId": identity}


@addition("codedeploy", "RegisterApplicationRevision")
def register_application_revision(request: Request) -> None:
    """CodeDeploy API Reference, RegisterApplicationRevision."""
    params = request.params
    _backend(request).get_application(params["applicationName"])
    _register(request, params["applicationName"], params["revision"], params.get("description", ""))


@addition("codedeploy", "GetApplicationRevision")
def get_application_revision(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, GetApplicationRevision."""
    name, revision = request.params["applicationName"], request.params["revision"]
    _backend(request).get_application(name)
    found = _revisions.of(request).get(f"{name} {_digest(revision)}")
    if found is None:
        raise RevisionDoesNotExistError("The revision does not exist.")
    return {
        "applicationName": name,
        "revision": revision,
        "revisionInfo": found["genericRevisionInfo"],
    }


@addition("codedeploy", "ListApplicationRevisions")
def list_application_revisions(request: Request) -> Mapping[str, Any]:
    """CodeDeploy API Reference, ListApplicationRevisions."""
    name = request.params["applicationName"]
    _backend(request).get_application(name)
    found = list(_of_application(request, name))
    return paged("revisions", found, request.params, next_member="nextToken")


def _of_application(request: Request, name: str) -> Iterator[Mapping[str, Any]]:
    for key, each in _revisions.of(request).items():
        if key.startswith(f"{name} "):
            yield each["revisionLocation"]


def _register(request: Request, name: str, revision: Mapping[str, Any], description: str) -> None:
    key = f"{name} {_digest(revision)}"
    info = {"registerTime": datetime.now(UTC), "description": description}
    _revisions.of(request).setdefault(
        key, {"revisionLocation": revision, "genericRevisionInfo": info}
    )


def _digest(revision: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(revision, sort_keys=True).encode()).hexdigest()

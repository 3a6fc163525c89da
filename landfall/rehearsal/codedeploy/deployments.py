"""A deployment as CodeDeploy runs it: its group, its status, its targets and lifecycle events."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.aws.arns import arn_of
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Session
from landfall.rehearsal.work import Work

PENDING, RUNNING, SUCCEEDED = "Pending", "InProgress", "Succeeded"
FAILED, SKIPPED, STOPPED = "Failed", "Skipped", "Stopped"

_STOPS: Final = {
    "ALARM_ACTIVE": "DEPLOYMENT_STOP_ON_ALARM",
    "MANUAL_STOP": "DEPLOYMENT_STOP_ON_REQUEST",
}


class DeploymentError(Exception):
    """Why a deployment fails: an error code of CodeDeploy's API, and a message."""

    def __init__(self, message: str, code: str = "HEALTH_CONSTRAINTS") -> None:
        super().__init__(message)
        self.message, self.code = message, code


class StoppedError(DeploymentError):
    """Why a deployment is stopped: an alarm (ALARM_ACTIVE) or StopDeployment (MANUAL_STOP)."""


def refused(error: ClientError) -> DeploymentError:
    """Return why a deployment fails to which AWS refuses a call."""
    code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if "AccessDenied" in code or code == "UnauthorizedOperation":
        return DeploymentError(said, "IAM_ROLE_PERMISSIONS")
    if "Throttl" in code or "RequestLimitExceeded" in code:
        return DeploymentError(said or code, "THROTTLED")
    return DeploymentError(said or code, "INTERNAL_ERROR")


@dataclass(slots=True)
class Target:
    """An instance or a service to which a deployment goes; `details` are members of the API."""

    id: str
    kind: str
    status: str = PENDING
    events: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def shown(self, deployment: str) -> dict[str, Any]:
        """Return the target as DeploymentTarget of the API."""
        member = {"InstanceTarget": "instanceTarget", "ECSTarget": "ecsTarget"}[self.kind]
        own = {
            "deploymentId": deployment,
            "targetId": self.id,
            "status": self.status,
            "lastUpdatedAt": time.time(),
            "lifecycleEvents": self.events,
            **self.details,
        }
        return {"deploymentTargetType": self.kind, member: own}


class Deployment:
    """One deployment, whose changes the sandbox's CodeDeploy shows at once."""

    def __init__(self, work: Work, group: Mapping[str, Any], identity: str) -> None:
        self.work, self.group, self.id = work, group, identity
        self.targets: list[Target] = []
        self.not_returned: DeploymentError | None = None
        """Why a service has not all of its earlier tasks and traffic again."""
        self._lock = threading.RLock()
        sandbox = work.sandbox
        self.arn = arn_of(
            sandbox.partition,
            "codedeploy",
            f"deploymentgroup:{self.application}/{self.name}",
            region=work.region,
            account=work.account,
        )
        self._session: Session | None = None

    @property
    def application(self) -> str:
        """Return the name of the application."""
        return str(self.group["applicationName"])

    @property
    def name(self) -> str:
        """Return the name of the deployment group."""
        return str(self.group["deploymentGroupName"])

    @property
    def alarms(self) -> list[str]:
        """Return the alarms that stop the deployment."""
        found = self.group.get("alarmConfiguration", {})
        return [each["name"] for each in found.get("alarms", [])] if found.get("enabled") else []

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Return the deployment configuration."""
        found: Mapping[str, Any] = inside(self.work, "codedeploy").get_deployment_config(
            deploymentConfigName=self.group["deploymentConfigName"]
        )["deploymentConfigInfo"]
        return found

    def rolls_back(self, error: Exception) -> bool:
        """Return whether the group rolls back automatically after an error."""
        found = self.group.get("autoRollbackConfiguration", {})
        event = "DEPLOYMENT_FAILURE"
        if isinstance(error, StoppedError):
            event = _STOPS[error.code]
        return bool(found.get("enabled")) and event in found.get("events", [])

    def client(self, service: str) -> Any:
        """Return a client in the session of the group's service role.

        Raises:
            DeploymentError: the role does not trust CodeDeploy.

        """
        work = self.work
        if self._session is None:
            try:
                self._session = work.sandbox.of_service(
                    "codedeploy.amazonaws.com",
                    self.arn,
                    self.group["serviceRoleArn"],
                    self.id,
                    work.account,
                    work.region,
                )
            except ActionError as error:
                raise DeploymentError(error.message, "IAM_ROLE_MISSING") from None
        return work.sandbox.client(service, work.region, self._session)

    def report(self, **members: Any) -> None:
        """Keep members of DeploymentInfo in the sandbox.

        Raises:
            StoppedError: StopDeployment was called for the deployment.

        """
        with self._lock:
            overview = dict.fromkeys((PENDING, RUNNING, SUCCEEDED, FAILED, SKIPPED), 0)
            for each in self.targets:
                overview[each.status] = overview.get(each.status, 0) + 1
            members |= {
                "targets": [each.shown(self.id) for each in self.targets],
                "deploymentOverview": overview,
            }
            stopping = self.work.sandbox.tell(
                "deployment",
                account=self.work.account,
                region=self.work.region,
                deployment=self.id,
                members=members,
            )
        if stopping and "completeTime" not in members:
            raise StoppedError("The deployment was stopped by request.", "MANUAL_STOP")

    def begin(self) -> None:
        """Start the deployment."""
        self.report(status=RUNNING, startTime=time.time())

    def end(self, error: DeploymentError | None) -> None:
        """End the deployment; an error fails or stops it."""
        members: dict[str, Any] = {"status": SUCCEEDED, "completeTime": time.time()}
        if error is not None:
            members["status"] = STOPPED if isinstance(error, StoppedError) else FAILED
            members["errorInformation"] = {"code": error.code, "message": error.message}
        for each in self.targets:
            if error is not None and each.status in (PENDING, RUNNING):
                each.status = SKIPPED if each.status == PENDING else FAILED
            for event in each.events:
                if event["status"] in (PENDING, RUNNING):
                    event["status"] = SKIPPED
        self.report(**members)

    def event(self, target: Target, name: str) -> dict[str, Any]:
        """Begin a lifecycle event of a target; the sandbox shows it with the next report."""
        found = {"lifecycleEventName": name, "status": RUNNING, "startTime": time.time()}
        target.events.append(found)
        return found

    def done(self, event: dict[str, Any], status: str = SUCCEEDED, **diagnostics: str) -> None:
        """End a lifecycle event; `diagnostics` are members of Diagnostics of the API."""
        event |= {"status": status, "endTime": time.time()}
        if diagnostics:
            event["diagnostics"] = diagnostics
        # Most events of an instance have no script: one report for each would be most of the time.
        if status != SKIPPED:
            self.report()


def inside(work: Work, service: str) -> Any:
    """Return a client for what AWS's service itself knows, and no role has to be allowed."""
    session = work.sandbox.entered(work.account, work.region)
    return work.sandbox.client(service, work.region, session)

"""The alarms of a deployment group, read as its service role.

https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html
"""

from __future__ import annotations

from landfall.rehearsal.codedeploy.deployments import Deployment, DeploymentError, StoppedError
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.work import DEPLOYMENT, ringing, watch


def at_once(deployment: Deployment, *, ring: bool) -> None:
    """Raise `StoppedError` if an alarm is in the state ALARM; with `ring`, ring the chosen one."""
    if ring:
        deployment.work.rung.ring(deployment.work, deployment.alarms, DEPLOYMENT)
    during(deployment, 0)


def during(deployment: Deployment, minutes: float, phase: str = "") -> None:
    """Watch the alarms for some minutes of the rehearsal's clock; in a phase, ring the chosen one.

    Raises:
        StoppedError: one rings.
        DeploymentError: they cannot be read.

    """
    if not deployment.alarms:
        return
    work = deployment.work
    if phase:
        work.rung.ring(work, deployment.alarms, phase)
    try:
        client = deployment.client("cloudwatch")
        if minutes:
            found = watch(work, client, deployment.alarms, minutes)
        else:
            found = ringing(client, deployment.alarms)
    except ActionError as error:
        if deployment.group["alarmConfiguration"].get("ignorePollAlarmFailure"):
            return
        raise DeploymentError(error.message, "IAM_ROLE_PERMISSIONS") from None
    if found:
        raise StoppedError(
            "One or more alarms have been activated according to the Amazon CloudWatch metrics "
            "you selected, and the affected deployments have been stopped. Activated alarms: "
            f"<{', '.join(found)}>",
            "ALARM_ACTIVE",
        )

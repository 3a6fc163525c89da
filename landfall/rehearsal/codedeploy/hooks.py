"""Lifecycle event hooks of an ECS deployment: functions that validate it.

https://docs.aws.amazon.com/codedeploy/latest/userguide/tutorial-ecs-deployment-with-hooks.html
"""

from __future__ import annotations

import json
import uuid

from botocore.exceptions import ClientError

from landfall.rehearsal.codedeploy.deployments import FAILED, Deployment, DeploymentError, Target


def call(deployment: Deployment, target: Target, name: str, function: str) -> None:
    """Call the function of a lifecycle event as the service role, and await its result.

    On AWS, a function may give its result up to an hour after it has ended. Here it must have given
    it when it ends.

    Raises:
        DeploymentError: it gave no result, or `Failed`.

    """
    event = deployment.event(target, name)
    why = _failure(deployment, name, function)
    if why:
        deployment.done(event, FAILED, errorCode="ScriptFailed", message=why, scriptName=function)
        raise DeploymentError(why, "HOOK_EXECUTION_FAILURE")
    deployment.done(event)


def _failure(deployment: Deployment, name: str, function: str) -> str:
    work, identity = deployment.work, str(uuid.uuid4())
    asked = {"account": work.account, "region": work.region, "hook": identity}
    work.sandbox.tell("hook", **asked)
    payload = {"DeploymentId": deployment.id, "LifecycleEventHookExecutionId": identity}
    try:
        answer = deployment.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps(payload)
        )
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        return f"The hook {name} cannot call {function}: {said}"
    status = work.sandbox.tell("hook", **asked)
    if status == "Succeeded":
        return ""
    if status:
        return f"The hook {name} failed: {function} gave the status {status}."
    text = answer["Payload"].read().decode(errors="replace")
    said = f" {function} answered: {text}" if answer.get("FunctionError") else ""
    return f"The hook {name} failed: {function} gave no status to CodeDeploy.{said}"

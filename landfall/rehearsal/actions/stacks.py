"""The CloudFormation deploy action, through the sandbox's CloudFormation.

The sandbox judges the action's role, and the stack's service role for each resource that the stack
creates, changes or deletes.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal.results import NOT_REHEARSED, ActionError, Result
from landfall.rehearsal.work import Work, pause

_POLL_SECONDS: Final = 0.2
_SUCCESSES: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "DELETE_COMPLETE")


def run(work: Work) -> Result:
    """Create, update or delete a stack, or its change set."""
    mode = work.configuration["ActionMode"]
    done = _MODES.get(mode)
    if done is None:
        raise ActionError(f"ActionMode {mode} is not rehearsed.", NOT_REHEARSED)
    client = work.client("cloudformation")
    try:
        return done(work, client)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        kind = "PermissionError" if "AccessDenied" in code else "JobFailed"
        raise ActionError(error.response["Error"].get("Message", code), kind) from None


def _replace_change_set(work: Work, client: Any) -> Result:
    config = work.configuration
    names = {"StackName": config["StackName"], "ChangeSetName": config["ChangeSetName"]}
    exists = _stack(client, config["StackName"]) is not None
    if exists and _has_change_set(client, **names):
        client.delete_change_set(**names)
    kind = "UPDATE" if exists else "CREATE"
    client.create_change_set(**names, **_request(work), ChangeSetType=kind)
    found = client.describe_change_set(**names)
    if _is_empty(found):
        return Result(summary=f"change set {config['ChangeSetName']}: no changes")
    if found["Status"] == "FAILED":
        raise ActionError(f"Change set {config['ChangeSetName']}: {found.get('StatusReason', '')}")
    changes = len(found.get("Changes", []))
    return Result(summary=f"change set {config['ChangeSetName']}: {kind}, {changes} changes")


def _has_change_set(client: Any, **names: str) -> bool:
    try:
        client.describe_change_set(**names)
    except ClientError:
        return False
    return True


def _execute_change_set(work: Work, client: Any) -> Result:
    config = work.configuration
    names = {"StackName": config["StackName"], "ChangeSetName": config["ChangeSetName"]}
    if not _is_empty(client.describe_change_set(**names)):
        client.execute_change_set(**names)
    return _ended(work, client)


def _is_empty(change_set: Mapping[str, Any]) -> bool:
    """Return whether a change set has no changes: CloudFormation fails it, the actions do not.

    The page of the action does not tell; pipelines that deploy every stack at every push, as those
    of the CDK, rely on it.
    """
    reason = str(change_set.get("StatusReason", ""))
    return change_set["Status"] == "FAILED" and "didn't contain changes" in reason


def _create_or_update(work: Work, client: Any) -> Result:
    name = work.configuration["StackName"]
    make = client.create_stack if _stack(client, name) is None else client.update_stack
    try:
        make(StackName=name, **_request(work))
    except ClientError as error:
        if "No updates are to be performed" not in error.response["Error"].get("Message", ""):
            raise
    return _ended(work, client)


def _delete(work: Work, client: Any) -> Result:
    name = work.configuration["StackName"]
    client.delete_stack(StackName=name)
    return Result(summary=f"stack {name} is deleted", live=f"stack {name}: deleted")


_MODES: Final = {
    "CHANGE_SET_EXECUTE": _execute_change_set,
    "CHANGE_SET_REPLACE": _replace_change_set,
    "CREATE_UPDATE": _create_or_update,
    "DELETE_ONLY": _delete,
}


def _ended(work: Work, client: Any) -> Result:
    """Wait for the end of a stack's operation."""
    name = work.configuration["StackName"]
    end = time.monotonic() + work.options.limit
    while True:
        stack = _stack(client, name)
        status = "DELETE_COMPLETE" if stack is None else stack["StackStatus"]
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > end:
            break
        pause(work, _POLL_SECONDS)
    if stack is None or status not in _SUCCESSES:
        reason = (stack or {}).get("StackStatusReason", "")
        raise ActionError(f"Stack {name} is in {status}. {reason}".strip())
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    shown = "".join(f", {key} {value}" for key, value in sorted(outputs.items()))
    return Result(
        summary=f"stack {name} is in {status}",
        variables=outputs,
        live=f"stack {name}, {status}{shown}",
        more=f"aws cloudformation describe-stack-events --stack-name {name}",
    )


def _stack(client: Any, name: str) -> dict[str, Any] | None:
    try:
        found: list[dict[str, Any]] = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    # A stack of a change set that nobody executed has no resources yet.
    return None if found[0]["StackStatus"] == "REVIEW_IN_PROGRESS" else found[0]


def _request(work: Work) -> dict[str, Any]:
    config = work.configuration
    request: dict[str, Any] = {"TemplateBody": _file(work, config["TemplatePath"])}
    if "RoleArn" in config:
        request["RoleARN"] = config["RoleArn"]
    if "Capabilities" in config:
        request["Capabilities"] = config["Capabilities"].split(",")
    given = _configured(work)
    given |= json.loads(config.get("ParameterOverrides", "{}"))
    request["Parameters"] = [
        {"ParameterKey": key, "ParameterValue": _value(work, value)} for key, value in given.items()
    ]
    return request


def _configured(work: Work) -> dict[str, Any]:
    """Return the parameters of the template configuration file."""
    path = work.configuration.get("TemplateConfiguration")
    if path is None:
        return {}
    try:
        found: dict[str, Any] = json.loads(_file(work, path)).get("Parameters", {})
    except ValueError:
        raise ActionError(f"{path} is no JSON.", "ConfigurationError") from None
    return found


def _value(work: Work, value: Any) -> str:
    """Return a parameter's value; two functions of CodePipeline read artifacts.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-parameter-override-functions.html
    """
    if not isinstance(value, Mapping):
        return str(value)
    if "Fn::GetParam" in value:
        artifact, file, key = value["Fn::GetParam"]
        try:
            return str(json.loads(_file(work, f"{artifact}::{file}"))[key])
        except (ValueError, KeyError):
            raise ActionError(f"{artifact}::{file} has no key {key}.", "JobFailed") from None
    artifact, attribute = value["Fn::GetArtifactAtt"]
    where = work.inputs.get(artifact)
    if where is None:
        raise ActionError(f"Artifact {artifact} is missing.", "ConfigurationError")
    return {"BucketName": where.bucket, "ObjectKey": where.key}[attribute]


def _file(work: Work, path: str) -> str:
    """Return a file of an artifact, as `ARTIFACT::PATH`."""
    artifact, _, name = path.partition("::")
    try:
        with zipfile.ZipFile(io.BytesIO(work.read(artifact))) as archive:
            return archive.read(name).decode()
    except zipfile.BadZipFile:
        raise ActionError(f"Artifact {artifact} is not a valid zip file.") from None
    except KeyError:
        raise ActionError(f"File [{name}] does not exist in artifact [{artifact}].") from None

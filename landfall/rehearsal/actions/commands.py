"""The Commands action: commands on compute that CodePipeline manages, as the action's role.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html
"""

from __future__ import annotations

import json
from typing import Any, Final

from landfall.rehearsal.builds import Build, Order
from landfall.rehearsal.results import NOT_REHEARSED, ActionError, Result
from landfall.rehearsal.work import Work

_LINUX: Final = "LINUX_CONTAINER"
_MINUTES: Final = 55
_TYPES: Final = ("PLAINTEXT", "SECRETS_MANAGER")


def run(work: Work) -> Result:
    """Run the commands in the first input artifact.

    Raises:
        ActionError: a command failed, or the role may not write the log, or read a secret.

    """
    kind = work.configuration.get("EnvironmentType", _LINUX)
    if kind != _LINUX:
        raise ActionError(f"Commands in {kind} are not rehearsed.", NOT_REHEARSED)
    build = Build(work.workshop, _order(work, kind))
    logs = build.log.reading
    try:
        done = build.run()
    except ActionError as error:
        error.more = error.more or logs
        raise
    made = {name: work.write(name, body) for name, body in done.artifacts.items()}
    return Result(reference=done.id, variables=done.variables, artifacts=made, more=logs)


def _order(work: Work, kind: str) -> Order:
    name = work.pipeline["name"]
    size = work.configuration.get("ComputeType", "BUILD_GENERAL1_SMALL")
    project = {
        "name": name,
        "serviceRole": work.action.get("roleArn") or work.pipeline["roleArn"],
        "source": {"buildspec": json.dumps(_spec(work))},
        "environment": {"type": kind, "computeType": size},
        "timeoutInMinutes": _MINUTES,
    }
    return Order(
        project,
        work.account,
        work.region,
        f"codepipeline/{name}",
        {each: work.read(each) for each in work.input_names},
        work.input_names[0],
        work.output_names,
        _variables(work),
        work.revision,
        work.session,
        log_group=f"/aws/codepipeline/{name}",
    )


def _spec(work: Work) -> dict[str, Any]:
    """Return the buildspec of the action.

    Raises:
        ActionError: a command has several lines, or there is none.

    """
    commands = work.action.get("commands", [])
    if not commands:
        raise ActionError("The action has no commands.", "ConfigurationError")
    if any("\n" in each for each in commands):
        message = "A command has several lines. Write each command on a line of its own."
        raise ActionError(message, "ConfigurationError")
    found: dict[str, Any] = {
        "version": "0.2",
        "env": {"exported-variables": work.action.get("outputVariables", [])},
        "phases": {"build": {"commands": commands}},
    }
    files = [
        file for each in work.action.get("outputArtifacts", []) for file in each.get("files", [])
    ]
    return {**found, "artifacts": {"files": files}} if files else found


def _variables(work: Work) -> list[dict[str, str]]:
    """Return the environment variables.

    Raises:
        ActionError: one has another type than the action takes.

    """
    found: list[dict[str, str]] = work.action.get("environmentVariables", [])
    for each in found:
        if each.get("type", "PLAINTEXT") not in _TYPES:
            message = f"Variable {each['name']} has type {each['type']}: {' or '.join(_TYPES)}."
            raise ActionError(message, "ConfigurationError")
    return found

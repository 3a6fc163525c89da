"""Conditions and rollback of a deployment stage in CodePipeline V2.

https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
"""

from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

from components.delivery.deployments.arguments import DestinationArgs

RETRY_FAILED = {"result": "RETRY", "retry_configuration": {"retry_mode": "FAILED_ACTIONS"}}
"""A stage's result on failure that runs its failed actions once more."""

_RESULTS = {"rollback": {"result": "ROLLBACK"}, "retry": RETRY_FAILED}


class EntryArgs(TypedDict):
    """What an execution must be of before it deploys."""

    variable: str
    """A variable of the source action, as in `BranchName`."""
    values: str
    """Its values, as a regular expression."""


class RollbackArgs(TypedDict):
    """Alarms, deployment window and rollback of deployments."""

    on_failure: NotRequired[str]
    """`rollback` (default), `retry` or `stop`."""
    bake_minutes: NotRequired[int]
    """How long to watch alarms after a deployment; an alarm rolls it back."""
    window: NotRequired[str]
    """When a stage may start, as a cron expression of CodePipeline's DeploymentWindow."""
    time_zone: NotRequired[str]
    """The window's time zone. Default: UTC."""
    entry: NotRequired[EntryArgs]
    """What an execution must be of: creating a pipeline starts one that no push has started."""


def guarded(
    stage: dict[str, Any],
    rollback: RollbackArgs,
    destinations: Sequence[DestinationArgs],
    pipeline_region: str,
) -> dict[str, Any]:
    """Return a deployment stage with its result on failure and its conditions.

    Active alarms block the stage, so that no release follows right after
    a failure.
    """
    result = dict(stage)
    on_failure = _RESULTS.get(rollback.get("on_failure", "rollback"))
    if on_failure:
        result["on_failure"] = on_failure
    bake = rollback.get("bake_minutes")
    if bake and (rules := list(_alarms(destinations, pipeline_region, bake))):
        result["on_success"] = {"condition": {"result": "ROLLBACK", "rules": rules}}
    if entry := [*_entry(rollback), *_window(rollback), *_alarms(destinations, pipeline_region, 0)]:
        result["before_entry"] = {"condition": {"result": "FAIL", "rules": entry}}
    return result


def _rule(name: str, provider: str, configuration: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "rule_type_id": {
            "category": "Rule",
            "owner": "AWS",
            "provider": provider,
            "version": "1",
        },
        "configuration": configuration,
    }


def _entry(rollback: RollbackArgs) -> Iterator[dict[str, Any]]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html."""
    if "entry" in rollback:
        configuration = {
            "Variable": f"#{{SourceVariables.{rollback['entry']['variable']}}}",
            "Value": rollback["entry"]["values"],
            "Operator": "MATCHES",
        }
        yield _rule("Source", "VariableCheck", configuration)


def _window(rollback: RollbackArgs) -> Iterator[dict[str, Any]]:
    if "window" in rollback:
        zone = rollback.get("time_zone", "UTC")
        yield _rule("Window", "DeploymentWindow", {"Cron": rollback["window"], "TimeZone": zone})


def _alarms(
    destinations: Sequence[DestinationArgs], pipeline_region: str, wait: int
) -> Iterator[dict[str, Any]]:
    number = 0
    for destination in destinations:
        for alarm in destination.get("alarms", []):
            number += 1
            configuration = {"AlarmName": alarm, "AlarmStates": "ALARM"}
            if wait:
                configuration["WaitTime"] = str(wait)
            rule = _rule(f"Alarm{number}", "CloudWatchAlarm", configuration)
            # Alarms are in the target account, and are read with the role there.
            rule["role_arn"] = destination["deploy_role_arn"]
            if destination["region"] != pipeline_region:
                rule["region"] = destination["region"]
            yield rule

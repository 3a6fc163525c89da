"""Conditions of a stage: rules before its entry and after its success.

https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landfall.aws.codepipeline.variable_check import OPERATORS
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.variables import Namespaces, UnresolvedVariableError, resolved
from landfall.rehearsal.work import BAKE, Alarms, Work, ringing, watch


@dataclass(frozen=True, slots=True)
class Refusal:
    """A condition that is not met: its result (`FAIL`, `SKIP`, `ROLLBACK`), and why."""

    result: str
    why: str


def alarms_of(stage: Mapping[str, Any]) -> Iterator[str]:
    """Yield the alarms that a stage watches: in its conditions, and in its actions."""
    for when in ("beforeEntry", "onSuccess"):
        for condition in stage.get(when, {}).get("conditions", []):
            for rule in condition["rules"]:
                if rule["ruleTypeId"]["provider"] == "CloudWatchAlarm":
                    yield rule["configuration"]["AlarmName"]
    for action in stage["actions"]:
        listed = action.get("configuration", {}).get("Alarms", "")
        yield from (each.strip() for each in listed.split(",") if each.strip())


def refusal(
    conditions: list[Mapping[str, Any]],
    given: Namespaces,
    work_of: Callable[[Mapping[str, Any]], Work],
    rung: Alarms,
) -> Refusal | None:
    """Return the first condition that is not met; None if all are.

    `work_of` returns what a rule works with, in the session of its role. Rules that no rehearsal
    knows count as not met.
    """
    for condition in conditions:
        for rule in condition["rules"]:
            try:
                why = _why(rule, given, work_of, rung)
            except ActionError as error:
                why = error.message
            if why:
                return Refusal(condition.get("result", "FAIL"), f"rule {rule['name']}: {why}")
    return None


def _why(
    rule: Mapping[str, Any],
    given: Namespaces,
    work_of: Callable[[Mapping[str, Any]], Work],
    rung: Alarms,
) -> str:
    """Return why a rule is not met, or nothing."""
    provider = rule["ruleTypeId"]["provider"]
    if provider == "VariableCheck":
        return _unlike(rule["configuration"], given)
    if provider == "CloudWatchAlarm":
        return _alarm(rule["configuration"], work_of(rule), rung)
    if provider == "DeploymentWindow":
        # A rehearsal takes place at any time: the window is told, and counts as open.
        work_of(rule).note(f"window {rule['configuration'].get('Cron', '')} counts as open")
        return ""
    return f"rules of {provider} are not rehearsed"


def _unlike(config: Mapping[str, str], given: Namespaces) -> str:
    try:
        value = resolved({"Variable": config["Variable"]}, given)["Variable"]
    except UnresolvedVariableError as error:
        return str(error)
    if OPERATORS[config["Operator"]](value, config["Value"]):
        return ""
    return f"{config['Variable']} is '{value}', not {config['Operator']} '{config['Value']}'"


def _alarm(config: Mapping[str, str], work: Work, rung: Alarms) -> str:
    name, minutes = config["AlarmName"], float(config.get("WaitTime", 0))
    client = work.client("cloudwatch")
    states = [each.strip() for each in config.get("AlarmStates", "ALARM").split(",")]
    if states != ["ALARM"]:
        return f"alarm states {', '.join(states)} are not rehearsed"
    if not minutes:
        return f"alarm {name} is in the state ALARM" if ringing(client, [name]) else ""
    work.note(f"watches alarm {name} for {minutes:g} min")
    rung.ring(work, [name], BAKE)
    found = watch(work, client, [name], minutes)
    return f"alarm {name} rang within {minutes:g} min" if found else ""

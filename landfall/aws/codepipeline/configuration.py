"""Action types and rule types: do they exist, and do they take what they are given?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.aws.codepipeline.catalogue import find, keys_known
from landfall.aws.codepipeline.kinds import (
    RULE_VALUE_LENGTH,
    VALUE_LENGTH,
    ActionType,
    Key,
    Need,
)
from landfall.aws.codepipeline.problems import (
    ACTION,
    STAGE,
    STRUCTURE,
    Problem,
    Structure,
    actions,
    is_v2,
)

_VARIABLE = "#{"


def kind_of(action: Structure) -> ActionType | None:
    """Return the action type of an action; None if CodePipeline has none."""
    id_ = action["actionTypeId"]
    return find(id_["category"], id_["provider"], id_["owner"], id_["version"])


def rule_kind_of(rule: Structure) -> ActionType | None:
    """Return the rule type of a condition rule; None if CodePipeline has none."""
    id_ = rule["ruleTypeId"]
    return find(id_["category"], id_["provider"], id_.get("owner", "AWS"), id_.get("version", "1"))


def problems(pipeline: Structure, region: str, partition: str) -> Iterator[Problem]:
    """Yield what CodePipeline refuses in the actions of a pipeline when it is created."""
    for _, action in actions(pipeline):
        kind = kind_of(action)
        where = action.get("region", region)
        if kind is None:
            if action["actionTypeId"]["owner"] != "Custom":
                yield _unavailable(action, where)
            continue
        if partition not in kind.partitions:
            yield _unavailable(action, where)
            continue
        if kind.v2_only and not is_v2(pipeline):
            text = f"{kind.provider} Action can only be used with V2 pipelines."
            yield Problem(ACTION, text)
        if where != region and not kind.cross_region:
            yield Problem(
                STRUCTURE,
                f"Action {action['name']} of provider {kind.provider} must be in the region of "
                "the pipeline",
            )
        yield from _artifacts(action, kind)
        if keys_known(kind):
            yield from _keys("Action", "action", action, kind)
        if kind.provider == "Manual":
            yield from _notification(action, region)


def rule_problems(rule: Structure, region: str) -> Iterator[Problem]:
    """Yield what CodePipeline refuses in a condition rule when the pipeline is created."""
    kind = rule_kind_of(rule)
    if kind is None:
        id_ = rule["ruleTypeId"]
        yield Problem(
            STAGE,
            f"RuleType (Category: '{id_['category']}', Provider: '{id_['provider']}', "
            f"Owner: '{id_.get('owner', 'AWS')}', Version: '{id_.get('version', '1')}') in rule "
            f"'{rule['name']}' is not available in region '{_shouted(region)}'",
        )
        return
    for problem in _keys("Rule", "rule", rule, kind):
        yield problem._replace(error=STAGE)


def at_run(declared: Structure, kind: ActionType) -> Iterator[str]:
    """Yield why an action or a rule fails when it runs, whatever the target service holds.

    CodePipeline takes any text as a value at creation. Values with a variable (`#{...}`) are not
    judged, as only the execution knows them.
    """
    configuration: dict[str, str] = dict(declared.get("configuration", {}))
    inputs = [each["name"] for each in declared.get("inputArtifacts", [])]
    longest = RULE_VALUE_LENGTH if kind.category == "Rule" else VALUE_LENGTH
    for name, value in configuration.items():
        key = kind.key(name)
        if len(value) > longest:
            yield f"{name} is longer than {longest} characters"
        if key is not None and _VARIABLE not in value:
            yield from _value(key, value, inputs)
    for need in kind.needs:
        if need.moment == "run" and _unmet(need, configuration, len(inputs)):
            yield _told(need)
    if kind.provider == "Commands" and not declared.get("commands"):
        yield "commands are missing"


def _value(key: Key, value: str, inputs: list[str]) -> Iterator[str]:
    if key.values and value not in key.values:
        yield f"{key.name} is '{value}', and takes {', '.join(key.values)}"
    if key.pattern and not re.fullmatch(key.pattern, value):
        yield f"{key.name} is '{value}', which has not its form"
    if key.names == "artifact" and value not in inputs:
        yield f"{key.name} names '{value}', which is no input artifact"
    if key.names == "file":
        artifact, separator, path = value.partition("::")
        if not separator or not path or artifact not in inputs:
            yield f"{key.name} is '{value}', which is no ARTIFACT::PATH of an input artifact"


def _unmet(need: Need, configuration: dict[str, str], inputs: int) -> bool:
    return need.key not in configuration and need.applies(configuration, inputs)


def _told(need: Need) -> str:
    because = {
        "none": "without input artifact",
        "several": "with several input artifacts",
    }.get(need.inputs, "")
    if need.given:
        because = f"beside {need.given}" + (f" {' or '.join(need.values)}" if need.values else "")
    if need.without:
        because = f"where {need.without} is left out"
    return f"{need.key} is missing {because}"


def _shouted(region: str) -> str:
    return region.upper().replace("-", "_")


def _unavailable(action: Structure, region: str) -> Problem:
    id_ = action["actionTypeId"]
    return Problem(
        ACTION,
        f"ActionType (Category: '{id_['category']}', Provider: '{id_['provider']}', "
        f"Owner: '{id_['owner']}', Version: '{id_['version']}') in action '{action['name']}' "
        f"is not available in region '{_shouted(region)}'",
    )


def _artifacts(action: Structure, kind: ActionType) -> Iterator[Problem]:
    for word, member, bounds in (
        ("input", "inputArtifacts", kind.inputs),
        ("output", "outputArtifacts", kind.outputs),
    ):
        count, (least, most) = len(action.get(member, [])), bounds
        declares = f"Action {action['name']} declares {count} {word} artifacts which is"
        if count < least:
            yield Problem(ACTION, f"{declares} less than the minimum count ({least})")
        if count > most:
            yield Problem(ACTION, f"{declares} more than the maximum count ({most})")


def _keys(word: str, what: str, declared: Structure, kind: ActionType) -> Iterator[Problem]:
    configuration = declared.get("configuration", {})
    start = f"{word} configuration for {what} '{declared['name']}'"
    inputs = len(declared.get("inputArtifacts", []))
    needed = [
        need.key
        for need in kind.needs
        if need.moment == "creation" and need.applies(configuration, inputs)
    ]
    for name in (*kind.required, *needed):
        if name not in configuration:
            yield Problem(ACTION, f"{start} is missing required configuration '{name}'")
    for name in sorted(configuration):
        if kind.key(name) is None:
            yield Problem(ACTION, f"{start} contains unknown configuration '{name}'")


def _notification(action: Structure, region: str) -> Iterator[Problem]:
    arn = action.get("configuration", {}).get("NotificationArn", "")
    if not arn or _VARIABLE in arn:
        return
    parts = arn.split(":")
    ours = f"the approval action {action['name']}"
    if len(parts) < 6 or parts[0] != "arn":
        text = (
            f"The ARN {arn} you specified for sending notifications for {ours} contains a format "
            "error."
        )
        yield Problem(ACTION, text)
    elif parts[2] != "sns":
        text = (
            f"The ARN {arn} has been specified for sending notifications for {ours}, but the AWS "
            "service for this ARN cannot be used to send approval requests."
        )
        yield Problem(ACTION, text)
    elif parts[3] != region:
        text = (
            f"The ARN {arn} has been specified for sending notifications for {ours}, but the ARN "
            "is not in the same region as the pipeline."
        )
        yield Problem(ACTION, text)

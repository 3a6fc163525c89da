"""Conditions of stages, their rules, and what a stage does when it fails."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.codepipeline.configuration import rule_kind_of, rule_problems
from landfall.aws.codepipeline.problems import (
    LIMIT,
    STAGE,
    Limits,
    Problem,
    Structure,
    is_v2,
)

RESULTS = {
    "beforeEntry": ("FAIL", "SKIP"),
    "onSuccess": ("FAIL", "ROLLBACK"),
    "onFailure": ("FAIL", "ROLLBACK"),
}
"""What a condition may do: User Guide, 'How do stage conditions work?'."""


def problems(pipeline: Structure, region: str, limits: Limits) -> Iterator[Problem]:
    """Yield what is wrong: User Guide, 'Stage conditions' and 'Configure stage rollback'."""
    for number, stage in enumerate(pipeline["stages"]):
        present = [name for name in RESULTS if stage.get(name)]
        if present and not is_v2(pipeline):
            yield Problem(STAGE, "Stage level conditions can only be used with V2 pipelines.")
        yield from _failure(pipeline, stage, number)
        for name in present:
            yield from _conditions(stage, name, region, limits)


def rules(pipeline: Structure) -> Iterator[tuple[Structure, Structure]]:
    """Yield each rule of a pipeline's conditions with its stage."""
    for stage in pipeline["stages"]:
        for name in RESULTS:
            for condition in (stage.get(name) or {}).get("conditions", []):
                for rule in condition.get("rules", []):
                    yield stage, rule


def _failure(pipeline: Structure, stage: Structure, number: int) -> Iterator[Problem]:
    failure = stage.get("onFailure") or {}
    if failure.get("result") and failure.get("conditions"):
        yield Problem(
            STAGE,
            "The following stage cannot have a failure exit gate configured with both top level "
            f"result and conditions: '{stage['name']}'",
        )
    if not _rolls_back(stage):
        return
    if pipeline.get("executionMode") == "PARALLEL":
        yield Problem(
            STAGE,
            "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline.",
        )
    if number == 0:
        yield Problem(STAGE, "Rollback can't be configured for the source stage")


def _rolls_back(stage: Structure) -> bool:
    if (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
        return True
    return any(
        condition.get("result") == "ROLLBACK"
        for name in ("onFailure", "onSuccess")
        for condition in (stage.get(name) or {}).get("conditions", [])
    )


def _conditions(stage: Structure, name: str, region: str, limits: Limits) -> Iterator[Problem]:
    conditions = stage[name].get("conditions", [])
    if len(conditions) > limits.conditions_per_list:
        yield Problem(LIMIT, f"Stage {stage['name']} has too many {name} conditions.")
    for condition in conditions:
        result, held = condition.get("result"), condition.get("rules", [])
        if result is not None and result not in RESULTS[name]:
            yield Problem(
                STAGE,
                f"Result {result} is not supported for {name} conditions of stage "
                f"{stage['name']}; it can be {' or '.join(RESULTS[name])}",
            )
        if len(held) > limits.rules_per_condition:
            text = f"A condition of stage {stage['name']} has too many rules."
            yield Problem(LIMIT, text)
        names = [rule["name"] for rule in held]
        if len(set(names)) != len(names):
            yield Problem(STAGE, f"Stage {stage['name']} must have rules with unique names")
        for rule in held:
            yield from rule_problems(rule, rule.get("region", region))
            kind = rule_kind_of(rule)
            if result == "SKIP" and kind is not None and not kind.skips:
                yield Problem(
                    STAGE,
                    f"Rule {rule['name']} of provider {kind.provider} cannot be in a condition "
                    "with the result SKIP; LambdaInvoke and VariableCheck can",
                )

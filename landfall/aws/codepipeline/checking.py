"""All checks of a pipeline, in the order in which CodePipeline makes them."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.codepipeline import conditions, configuration, flow, structure, triggers
from landfall.aws.codepipeline.problems import Limits, Problem, Structure, actions

_LIMITS = Limits()


def refusals(
    pipeline: Structure, region: str, partition: str = "aws", limits: Limits = _LIMITS
) -> Iterator[Problem]:
    """Yield why CodePipeline would refuse to create or to update a pipeline.

    `pipeline` is CreatePipeline's member of that name; its role is not judged here.
    """
    yield from structure.problems(pipeline, region, limits)
    yield from configuration.problems(pipeline, region, partition)
    yield from flow.problems(pipeline)
    yield from conditions.problems(pipeline, region, limits)
    yield from triggers.problems(pipeline, limits)


def failures(pipeline: Structure) -> Iterator[str]:
    """Yield why actions and rules of a pipeline fail at each run, though it can be created."""
    for stage, action in actions(pipeline):
        kind = configuration.kind_of(action)
        if kind is not None:
            for why in configuration.at_run(action, kind):
                yield f"{stage['name']}/{action['name']}: {why}"
    for stage, rule in conditions.rules(pipeline):
        rule_kind = configuration.rule_kind_of(rule)
        if rule_kind is not None:
            for why in configuration.at_run(rule, rule_kind):
                yield f"{stage['name']}/{rule['name']}: {why}"
    yield from flow.unknown_variables(pipeline)

"""Stages and actions: how many, their names, where sources are, modes, and artifact stores."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.codepipeline.problems import (
    LIMIT,
    STAGE,
    STRUCTURE,
    Limits,
    Problem,
    Structure,
    actions,
    is_v2,
)


def problems(pipeline: Structure, region: str, limits: Limits) -> Iterator[Problem]:
    """Yield what is wrong: User Guide, 'Pipeline structure reference' and 'Quotas'."""
    yield from _counts(pipeline, limits)
    yield from _names(pipeline)
    yield from _sources(pipeline)
    yield from _modes(pipeline)
    yield from _stores(pipeline, region)


def _counts(pipeline: Structure, limits: Limits) -> Iterator[Problem]:
    stages = pipeline["stages"]
    if len(stages) < 2:
        yield Problem(
            STRUCTURE,
            f"Pipeline has only {len(stages)} stage(s). "
            "There should be a minimum of 2 stages in a pipeline",
        )
    if len(stages) > limits.stages:
        yield Problem(
            STRUCTURE,
            "Pipeline has too many stages. "
            f"There can only be up to {limits.stages} stages in a pipeline",
        )
    for stage in stages:
        if not stage["actions"]:
            yield Problem(STAGE, f"Stage {stage['name']} must have actions with unique names")
        if len(stage["actions"]) > limits.actions_per_stage:
            yield Problem(LIMIT, f"Stage {stage['name']} has more actions than the limit.")
    if sum(1 for _ in actions(pipeline)) > limits.actions_per_pipeline:
        yield Problem(LIMIT, "The pipeline has more actions than the limit.")


def _names(pipeline: Structure) -> Iterator[Problem]:
    seen: set[str] = set()
    for stage in pipeline["stages"]:
        if stage["name"] in seen:
            yield Problem(STAGE, f"Stage name '{stage['name']}' is used more than once")
        seen.add(stage["name"])
        names = [action["name"] for action in stage["actions"]]
        if len(set(names)) != len(names):
            yield Problem(STAGE, f"Stage {stage['name']} must have actions with unique names")


def _sources(pipeline: Structure) -> Iterator[Problem]:
    first = pipeline["stages"][0]
    categories = [
        (stage is first, action["actionTypeId"]["category"]) for stage, action in actions(pipeline)
    ]
    if any(category != "Source" for is_first, category in categories if is_first):
        yield Problem(
            STRUCTURE, "Pipeline should start with a stage that only contains source actions"
        )
    if any(category == "Source" for is_first, category in categories if not is_first):
        yield Problem(
            STRUCTURE, "Source actions can only be included in the first stage of the pipeline"
        )
    if all(category == "Source" for _, category in categories):
        yield Problem(
            STRUCTURE, "Pipeline should contain at least 1 action whose category is not Source"
        )


def _modes(pipeline: Structure) -> Iterator[Problem]:
    if is_v2(pipeline):
        return
    if pipeline.get("executionMode", "SUPERSEDED") != "SUPERSEDED":
        yield Problem(STRUCTURE, "QUEUED or PARALLEL mode can only be used with V2 pipelines")
    if pipeline.get("triggers"):
        yield Problem(STRUCTURE, "Triggers on tag can only be used with V2 pipelines")
    if pipeline.get("variables"):
        yield Problem(STRUCTURE, "Pipeline variable can only be used with V2 pipelines")


def _stores(pipeline: Structure, region: str) -> Iterator[Problem]:
    one, several = pipeline.get("artifactStore"), pipeline.get("artifactStores")
    if (one is None) == (several is None):
        yield Problem(
            STRUCTURE, "Exactly one of artifactStore and artifactStores must be specified"
        )
        return
    held = {region} if several is None else set(several)
    needed = {region, *(action.get("region", region) for _, action in actions(pipeline))}
    for missing in sorted(needed - held):
        yield Problem(
            STRUCTURE,
            "Your pipeline must have an artifact store, such as an artifact bucket, for each "
            "region where you have an action. The following region is missing in "
            f"'pipeline.artifactStores': {missing}.",
        )

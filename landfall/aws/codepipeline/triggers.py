"""Triggers: what starts a pipeline, filter by filter."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.codepipeline.problems import LIMIT, STRUCTURE, Limits, Problem, Structure

_CONNECTION = "CodeStarSourceConnection"


def problems(pipeline: Structure, limits: Limits) -> Iterator[Problem]:
    """Yield what is wrong: User Guide, 'Add trigger with code push or pull request event types'."""
    triggers = pipeline.get("triggers", [])
    if len(triggers) > limits.triggers:
        yield Problem(LIMIT, "The pipeline has more triggers than the limit.")
    connections = {
        action["name"]
        for action in pipeline["stages"][0]["actions"]
        if action["actionTypeId"]["provider"] == _CONNECTION
    }
    for trigger in triggers:
        git = trigger["gitConfiguration"]
        source = git["sourceActionName"]
        if source not in connections:
            yield Problem(
                STRUCTURE,
                "Triggers for connections must reference a CodeStarSourceConnection action.",
            )
        for kind in ("push", "pullRequest"):
            yield from _filters(git.get(kind, []), kind, limits)


def _filters(filters: list[Structure], kind: str, limits: Limits) -> Iterator[Problem]:
    if len(filters) > limits.filters_per_trigger:
        yield Problem(LIMIT, f"A trigger has too many {kind} filters.")
    for each in filters:
        if each.get("tags") and (each.get("branches") or each.get("filePaths")):
            yield Problem(STRUCTURE, "A push filter has either tags, or branches and file paths")
        for part in ("branches", "filePaths", "tags"):
            for side in ("includes", "excludes"):
                if len(each.get(part, {}).get(side, [])) > limits.patterns_per_filter:
                    yield Problem(LIMIT, f"A trigger's filter has too many {part} patterns.")

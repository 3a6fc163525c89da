"""What CodePipeline refuses in a pipeline: its error code and its text.

Texts are AWS's own where they were seen (API answers that users and tools quote); the others are
written by analogy with those, and say the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Structure = Mapping[str, Any]
"""A pipeline, a stage, an action or a rule, in the members of CodePipeline's API."""

STRUCTURE = "InvalidStructureException"
STAGE = "InvalidStageDeclarationException"
ACTION = "InvalidActionDeclarationException"
LIMIT = "LimitExceededException"


class Problem(NamedTuple):
    """One reason to refuse a pipeline."""

    error: str
    text: str


class Limits(NamedTuple):
    """Quotas of a pipeline's structure: User Guide, 'Quotas in AWS CodePipeline'."""

    stages: int = 50
    actions_per_stage: int = 50
    actions_per_pipeline: int = 500
    triggers: int = 50
    filters_per_trigger: int = 3
    patterns_per_filter: int = 8
    conditions_per_list: int = 1
    rules_per_condition: int = 5


def is_v2(pipeline: Structure) -> bool:
    """Return whether a pipeline is of type V2; V1 is the default of the API."""
    return bool(pipeline.get("pipelineType", "V1") == "V2")


def actions(pipeline: Structure) -> Iterator[tuple[Structure, Structure]]:
    """Yield each action with its stage."""
    for stage in pipeline["stages"]:
        for action in stage["actions"]:
            yield stage, action

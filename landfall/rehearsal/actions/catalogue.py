"""Which function runs which action type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from landfall.rehearsal.actions import (
    approvals,
    codebuild,
    codedeploy,
    commands,
    ecs_services,
    lambda_deployments,
    pipeline_starts,
    sites,
    sources,
    stacks,
)
from landfall.rehearsal.results import NOT_REHEARSED, ActionError, Result
from landfall.rehearsal.work import Work

_RUNS: Final[Mapping[tuple[str, str], Callable[[Work], Result]]] = {
    ("Approval", "Manual"): approvals.run,
    ("Build", "CodeBuild"): codebuild.run,
    ("Compute", "Commands"): commands.run,
    ("Deploy", "CloudFormation"): stacks.run,
    ("Deploy", "CodeDeploy"): codedeploy.run,
    ("Deploy", "CodeDeployToECS"): codedeploy.run_ecs,
    ("Deploy", "ECS"): ecs_services.run,
    ("Deploy", "Lambda"): lambda_deployments.run,
    ("Deploy", "S3"): sites.run,
    ("Invoke", "CodePipeline"): pipeline_starts.run,
    ("Source", "CodeCommit"): sources.run,
    ("Source", "CodeStarSourceConnection"): sources.run,
    ("Source", "S3"): sources.run,
    ("Test", "CodeBuild"): codebuild.run,
}


def is_rehearsed(action: Mapping[str, Any]) -> bool:
    """Return whether a rehearsal runs actions of this type."""
    return _type(action) in _RUNS


def run(work: Work) -> Result:
    """Run an action.

    Raises:
        ActionError: it failed, or its type is not rehearsed.

    """
    found = _RUNS.get(_type(work.action))
    if found is None:
        category, provider = _type(work.action)
        raise ActionError(f"{category} actions of {provider} are not rehearsed.", NOT_REHEARSED)
    return found(work)


def _type(action: Mapping[str, Any]) -> tuple[str, str]:
    kind = action["actionTypeId"]
    return kind["category"], kind["provider"]

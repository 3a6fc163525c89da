"""Roll back to an earlier release: run each deployment stage again with its artifacts."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landfall.blueprint.promotions import revisions
from landfall.problems import Problem, ProblemsError, refuse
from landfall.releases.account import unreachable
from landfall.releases.history import History, Release

_UNABLE = frozenset(
    {
        "ConflictException",
        "PipelineExecutionOutdatedException",
        "UnableToRollbackStageException",
    }
)


def chosen(history: History, wanted: str | None) -> Release:
    """Return the rollback target: by id, id prefix or revision, or the previous release.

    Raises `ProblemsError` (status 1) if there is none, or CodePipeline cannot roll back to it.
    """
    if not history.stages:
        raise refuse(f"pipeline {history.pipeline} has no deployment stage", exit_status=1)
    if wanted is None:
        return _before(history)
    found = [r for r in history.releases if r.id.startswith(wanted) or r.revision == wanted]
    found = [r for r in found if not r.back_to] or found
    if len(found) > 1:
        shown = ", ".join(r.id[:13] for r in found[:5])
        fix = "write a longer part of the execution id"
        raise refuse(f"'{wanted}' matches several releases: {shown}", fix, exit_status=1)
    if not found:
        raise refuse(
            f"pipeline {history.pipeline} has no release '{wanted}'",
            f"choose one of {_offered(history)}",
            exit_status=1,
        )
    _require_reachable(history, found[0])
    return found[0]


def _before(history: History) -> Release:
    current = history.current(history.stages[0])
    if current is None:
        what = f"pipeline {history.pipeline} has deployed nothing yet"
        raise refuse(what, "a rollback needs a deployed release", exit_status=1)
    ids = [r.id for r in history.releases]
    older = history.releases[ids.index(current.id) + 1 :]
    found = next((r for r in older if r.reachable), None)
    if found is None:
        what = f"pipeline {history.pipeline} has no earlier release to roll back to"
        raise refuse(what, _why(history, older), exit_status=1)
    return found


def _why(history: History, older: tuple[Release, ...]) -> str:
    former = next((r for r in older if r.stages and r.version != history.version), None)
    if former is not None:
        return (
            "the pipeline has changed since, and CodePipeline rolls back only within one "
            "structure. Start it with the earlier revision: "
            "aws codepipeline start-pipeline-execution "
            f"--name {history.pipeline} --source-revisions {_revisions(history, former)}"
        )
    return f"{history.pipeline} needs two successful releases; see: landfall release list"


def _revisions(history: History, release: Release) -> str:
    """Return the source revisions of a release, which a promotion names exactly."""
    if not history.origin or not release.promoted:
        return "…"
    return f"'{revisions(history.origin, history.artifacts, release.promoted)}'"


def _require_reachable(history: History, release: Release) -> None:
    short = release.id[:13]
    if release.reachable:
        return
    if release.back_to:
        what = f"{short} is itself a rollback to {release.back_to[:13]}"
        raise refuse(what, f"choose {release.back_to[:13]}", exit_status=1)
    if not release.stages:
        what, fix = f"{short} was never deployed: {release.status}", _offered(history)
        raise refuse(what, f"choose one of {fix}", exit_status=1)
    raise refuse(
        f"{short} ran version {release.version} of the pipeline; it now has {history.version}",
        _why(history, (release,)),
        exit_status=1,
    )


def _offered(history: History) -> str:
    found = [r.id[:13] for r in history.releases if r.reachable]
    return ", ".join(found[:5]) or "none: no release allows a rollback"


def go_back(client: Any, history: History, release: Release) -> list[tuple[str, str]]:
    """Roll back every deployment stage that the release reached; return stages and executions.

    Tries every stage. Raises `ProblemsError` afterwards with the stages that CodePipeline rejected.
    """
    started: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for stage in (each for each in history.stages if each in release.stages):
        try:
            answer = client.rollback_stage(
                pipelineName=history.pipeline,
                stageName=stage,
                targetPipelineExecutionId=release.id,
            )
            started.append((stage, answer["pipelineExecutionId"]))
        except ClientError as error:
            if error.response["Error"]["Code"] not in _UNABLE:
                raise unreachable(error) from None
            said = error.response["Error"]["Message"]
            fix = "wait until no execution runs in the stage; see: landfall release list"
            problems.append(Problem(f"stage {stage} cannot roll back: {said}", fix))
        except BotoCoreError as error:
            raise unreachable(error) from None
    if problems:
        done = [f"stage {stage} rolls back in execution {id_[:13]}" for stage, id_ in started]
        problems += [Problem(each) for each in done]
        raise ProblemsError(problems, exit_status=2)
    return started

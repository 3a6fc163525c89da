"""Going back to an earlier release: each deployment stage runs again as it did then."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

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
    """Return the release to go back to: that of an id or its beginning, or the one before.

    Raises `ProblemsError` (status 1) where there is none such, or CodePipeline could not go there.
    """
    if not history.stages:
        raise refuse(f"pipeline {history.pipeline} deploys nothing", exit_status=1)
    if wanted is None:
        return _before(history)
    found = [r for r in history.releases if r.id.startswith(wanted) or r.revision == wanted]
    found = [r for r in found if not r.back_to] or found
    if len(found) > 1:
        shown = ", ".join(r.id[:13] for r in found[:5])
        fix = "write more of the execution's id"
        raise refuse(f"'{wanted}' is several releases: {shown}", fix, exit_status=1)
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
        raise refuse(what, "there is nothing to go back from", exit_status=1)
    ids = [r.id for r in history.releases]
    older = history.releases[ids.index(current.id) + 1 :]
    found = next((r for r in older if r.reachable), None)
    if found is None:
        what = f"pipeline {history.pipeline} has no earlier release that it can go back to"
        raise refuse(what, _why(history, older), exit_status=1)
    return found


def _why(history: History, older: tuple[Release, ...]) -> str:
    if any(r.stages and r.version != history.version for r in older):
        return (
            "the pipeline changed since; CodePipeline goes back within one structure alone. Start "
            "it with the earlier revision: aws codepipeline start-pipeline-execution "
            f"--name {history.pipeline} --source-revisions …"
        )
    return f"see: landfall release list; {history.pipeline} needs two releases that succeeded"


def _require_reachable(history: History, release: Release) -> None:
    short = release.id[:13]
    if release.reachable:
        return
    if release.back_to:
        what = f"{short} went back to {release.back_to[:13]} itself"
        raise refuse(what, f"name {release.back_to[:13]}", exit_status=1)
    if not release.stages:
        what, fix = f"{short} was never deployed: {release.status}", _offered(history)
        raise refuse(what, f"choose one of {fix}", exit_status=1)
    raise refuse(
        f"{short} ran version {release.version} of the pipeline, which is at {history.version}",
        _why(history, (release,)),
        exit_status=1,
    )


def _offered(history: History) -> str:
    found = [r.id[:13] for r in history.releases if r.reachable]
    return ", ".join(found[:5]) or "none: nothing can be gone back to"


def go_back(client: Any, history: History, release: Release) -> list[tuple[str, str]]:
    """Roll back every deployment stage in which the release stood; return stage and execution.

    What CodePipeline refuses for one stage is told after the others were tried.
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
            fix = "wait until nothing runs in the stage: landfall release list"
            problems.append(Problem(f"stage {stage} cannot go back: {said}", fix))
        except BotoCoreError as error:
            raise unreachable(error) from None
    if problems:
        done = [f"stage {stage} goes back, in execution {id_[:13]}" for stage, id_ in started]
        problems += [Problem(f"{each} nevertheless") for each in done]
        raise ProblemsError(problems, exit_status=2)
    return started

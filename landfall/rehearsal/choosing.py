"""What to rehearse: the pipelines of an application, and the mistakes of whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from landfall.problems import Problem, ProblemsError, refuse
from landfall.rehearsal.conditions import alarms_of
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.work import Options
from landfall.settings import Stack, branching, naming, promotion
from landfall.settings.suggestions import same_place, suggestion

OWN: Final = "provisioning"
"""What stands for an application to rehearse the delivery of the stack itself."""


def pipeline_names(stack: Stack, application: str, environments: Sequence[str]) -> list[str]:
    """Return the names of the pipelines of some environments, or of all, in the stack's order.

    `OWN` is the pipeline that applies the stack itself, if no application has this name.

    Raises:
        ProblemsError: there is no such application or environment.

    """
    applications = stack.delivery.applications
    if _is_own(stack, application) and not environments:
        return [naming.provisioning(stack.name, "provision")]
    if application not in applications:
        fix = suggestion(application, applications)
        raise refuse(f"there is no application '{application}'", fix, exit_status=2)
    own = applications[application].environments
    problems = [
        Problem(f"application {application} has no environment '{each}'", same_place(each, own))
        for each in environments
        if each not in own
    ]
    if problems:
        raise ProblemsError(problems, exit_status=2)
    heads = [
        promotion.head(applications[application], each)
        for each in own
        if not environments or each in environments
    ]
    return list(dict.fromkeys(naming.pipeline(application, each) for each in heads))


def all_pipeline_names(stack: Stack, application: str) -> list[str]:
    """Return the names of an application's pipelines, that of its pull requests too.

    Raises:
        ProblemsError: there is no such application.

    """
    names = pipeline_names(stack, application, ())
    if _is_own(stack, application):
        return [*names, naming.provisioning(stack.name, "preview")]
    validated = branching.validation(stack.delivery.applications[application])
    return [*names, naming.validation(application)] if validated else names


def _is_own(stack: Stack, application: str) -> bool:
    settings = stack.provisioning
    has_pipelines = settings is not None and settings.source is not None
    return application == OWN and has_pipelines and OWN not in stack.delivery.applications


def check(pipelines: Sequence[Pipeline], options: Options) -> None:
    """Raise `ProblemsError` with every option that fits none of the pipelines."""
    problems = list(_problems(pipelines, options))
    if problems:
        raise ProblemsError(problems, exit_status=2)


def _problems(pipelines: Sequence[Pipeline], options: Options) -> Iterator[Problem]:
    stages = {
        stage["name"]: stage for pipeline in pipelines for stage in pipeline.structure["stages"]
    }
    actions = [
        f"{name}/{action['name']}" for name, stage in stages.items() for action in stage["actions"]
    ]
    alarms = sorted(
        {
            alarm
            for pipeline in pipelines
            for stage in pipeline.structure["stages"]
            for alarm in alarms_of(stage)
        }
    )
    if options.source is not None and not options.source.is_dir():
        fix = "give the folder of the application's sources"
        yield Problem(f"--source {options.source} is no folder", fix)
    if options.fail and options.fail not in actions:
        yield Problem(
            f"--fail: no pipeline has the action {options.fail}", _of(options.fail, actions)
        )
    if options.until and options.until not in stages:
        yield Problem(f"--until: no pipeline has the stage {options.until}", _of("", list(stages)))
    if options.alarm and options.alarm not in alarms:
        yield Problem(f"--alarm: no pipeline watches an alarm {options.alarm}", _of("", alarms))


def _of(wanted: str, names: Sequence[str]) -> str:
    if not names:
        return "there is none"
    return suggestion(wanted, names) if wanted else f"choose one of {', '.join(names)}"

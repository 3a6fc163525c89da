"""`landfall rehearse`: execute an application's pipelines in the sandbox."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """Output format of the result."""

    TEXT = "text"
    JSON = "json"


class Phase(StrEnum):
    """When an alarm is watched."""

    DEPLOYMENT = "deployment"
    BAKE = "bake"


@app.command()
def rehearse(
    application: Annotated[str, typer.Argument(help="The application's name.")],
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", help="An environment; repeatable. Default: all, in order."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The application's sources: a folder or Git checkout."),
    ] = None,
    fail: Annotated[str, typer.Option(metavar="STAGE/ACTION", help="Let this action fail.")] = "",
    alarm: Annotated[
        str, typer.Option(metavar="NAME", help="Ring this alarm while a deployment is watched.")
    ] = "",
    during: Annotated[
        Phase | None,
        typer.Option(
            "--while", help="When the alarm rings. Default: as soon as something watches it."
        ),
    ] = None,
    approve: Annotated[
        bool | None,
        typer.Option("--approve/--reject", help="Answer approvals. Default: wait for an answer."),
    ] = None,
    until: Annotated[str, typer.Option(metavar="STAGE", help="Stop after this stage.")] = "",
    rollback: Annotated[
        str,
        typer.Option(
            metavar="RELEASE", help="Roll back to a release instead: its id, or 'previous'."
        ),
    ] = "",
    minute: Annotated[
        float,
        typer.Option(min=0.0, max=60.0, help="Seconds that a minute of shifting traffic takes."),
    ] = 1.0,
    limit: Annotated[
        float, typer.Option(min=1.0, help="Seconds that one build or approval may take.")
    ] = 600.0,
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
) -> None:
    """Execute an application's pipelines in the sandbox, with real builds and deployments.

    Builds run as processes of this machine, with the tools that are installed here. Run only
    sources that you trust.
    """
    from landfall import stack_files
    from landfall.cli import rehearsal_views as views
    from landfall.rehearsal import choosing, opening, rehearsing, timeline
    from landfall.rehearsal.course import Course
    from landfall.rehearsal.work import Options
    from landfall.sandbox import directories, engine

    places = directories.of_stack(stack)
    settings = stack_files.load(stack, places.checkout)
    names = choosing.pipeline_names(settings, application, environment or [])
    sandbox = opening.of_stack(settings, engine.attach(places, print))
    account = opening.delivery_account(settings, sandbox)
    pipelines = rehearsing.read(sandbox, names, account, settings.region)
    options = Options(
        source, fail, alarm, approve, until, minute, limit, during.value if during else ""
    )
    choosing.check(pipelines, options)
    course = Course()
    with views.of(format is Format.JSON, course, pipelines):
        if rollback:
            for pipeline in pipelines:
                rehearsing.roll_back(sandbox, pipeline, rollback, options, course)
        else:
            rehearsing.rehearse(sandbox, pipelines, options, course)
    if format is Format.JSON:
        print(json.dumps(timeline.as_json(course), indent=2))
    else:
        for line in timeline.summary(course, opening.account_names(settings, sandbox)):
            print(line)
    if not course.has_succeeded:
        raise typer.Exit(1)

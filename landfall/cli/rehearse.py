"""`landfall rehearse`: execute an application's pipelines in the sandbox."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)

_INTERRUPTED = 130
"""The exit status that shells give a command that Ctrl-C ended."""


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
    application: Annotated[
        str,
        typer.Argument(
            help="The application's name, or `provisioning` for the delivery of the stack itself."
        ),
    ],
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", help="An environment; repeatable. Default: all, in order."),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The application's sources: a folder or Git checkout."),
    ] = None,
    push: Annotated[
        str, typer.Option(metavar="BRANCH", help="Start what a push to this branch starts.")
    ] = "",
    tag: Annotated[
        str, typer.Option(metavar="TAG", help="Start what a push of this tag starts.")
    ] = "",
    pull_request: Annotated[
        str,
        typer.Option(metavar="BRANCH", help="Start what a pull request into this branch starts."),
    ] = "",
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Start what a schedule starts.")
    ] = False,
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
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the result to this file, a page (.html) or JSON (.json); repeatable.",
        ),
    ] = None,
) -> None:
    """Execute an application's pipelines in the sandbox, with real builds and deployments.

    Builds run as processes of this machine, with the tools that are installed here. Run only
    sources that you trust.
    """
    from landfall import stack_files
    from landfall.cli import rehearsal_files
    from landfall.cli import rehearsal_views as views
    from landfall.problems import refuse
    from landfall.rehearsal import changes, choosing, opening, rehearsing, timeline
    from landfall.rehearsal.course import Course
    from landfall.rehearsal.work import Options
    from landfall.sandbox import directories, engine

    outputs = tuple(output or ())
    rehearsal_files.check(outputs)
    change = changes.asked(push, tag, pull_request, schedule, source)
    if change is not None and (environment or rollback):
        fix = "remove --environment and --rollback"
        raise refuse("a change decides itself which pipelines start", fix, exit_status=2)
    places = directories.of_stack(stack)
    settings = stack_files.load(stack, places.checkout)
    if change is None:
        names = choosing.pipeline_names(settings, application, environment or [])
    else:
        names = choosing.all_pipeline_names(settings, application)
    sandbox = opening.of_stack(settings, engine.attach(places, print))
    account = opening.delivery_account(settings, sandbox)
    pipelines = rehearsing.read(sandbox, names, account, settings.region)
    options = Options(
        source, fail, alarm, approve, until, minute, limit, during.value if during else ""
    )
    choosing.check(pipelines, options)
    decisions = changes.decided(sandbox, pipelines, change) if change else []
    if change is not None and format is Format.TEXT:
        print("\n".join(views.decided(change, decisions)), flush=True)
    starts = {each.pipeline: each.start for each in decisions if each.start is not None}
    if change is not None:
        pipelines = [each for each in pipelines if each.name in starts]
    course = Course()
    try:
        with views.of(format is Format.JSON, course, pipelines):
            if rollback:
                for pipeline in pipelines:
                    rehearsing.roll_back(sandbox, pipeline, rollback, options, course)
            else:
                rehearsing.rehearse(sandbox, pipelines, options, course, starts)
    except KeyboardInterrupt:
        # What ran until then is told as ever.
        course.is_interrupted = True
    accounts = opening.account_names(settings, sandbox)
    if format is Format.JSON:
        print(json.dumps(timeline.as_json(course, views.as_json(decisions)), indent=2))
    elif course.entries:
        for line in timeline.summary(course, accounts):
            print(line)
    rehearsal_files.write(outputs, course, accounts, application, stack)
    if change is not None and not starts:
        print("No pipeline starts.", file=sys.stderr)
    if course.is_interrupted:
        raise typer.Exit(_INTERRUPTED)
    if not course.has_succeeded:
        raise typer.Exit(1)

"""`landfall fleet ci` and `landfall fleet results`: the parts of a fleet on many machines."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landfall.cli.fleet_moves import Stack


class Format(StrEnum):
    """Output format of a summary."""

    TEXT = "text"
    JSON = "json"


class System(StrEnum):
    """A system that runs jobs."""

    GITHUB = "github"
    GITLAB = "gitlab"
    CODEBUILD = "codebuild"


def ci(
    system: Annotated[System, typer.Argument(help="What runs the jobs.")],
    stack: Stack = "dev",
    each: Annotated[
        int, typer.Option("--parts", min=1, help="Parts that one job runs, at least.")
    ] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write. Default: standard output.")
    ] = None,
) -> None:
    """Write the waves as a workflow of GitHub, a pipeline of GitLab, or a buildspec of a batch.

    Each job runs `landfall fleet up` for its parts. If there are more parts than the system runs
    jobs, each job gets several. Write it again when the parts change. Needs no AWS and no engine.
    """
    from landfall import checkout, stack_files
    from landfall.blueprint import parts
    from landfall.fleet.machines import codebuild, github, gitlab, jobs
    from landfall.problems import refuse

    settings = stack_files.load(stack, checkout.find())
    if settings.fleet is None:
        raise refuse(
            f"stack {stack} is one Pulumi stack: it has no landfall:fleet",
            f"one job applies it: landfall apply -s {stack}",
        )
    most, written = {
        System.GITHUB: (github.MOST, github.workflow),
        System.GITLAB: (gitlab.MOST, gitlab.pipeline),
        System.CODEBUILD: (codebuild.MOST, codebuild.buildspec),
    }[system]
    waves = jobs.divided(parts.waves(settings), most, system.value, each=each)
    head = f"# Written by: landfall fleet ci {system.value} -s {stack}\n"
    text = head + written(stack, waves)
    if out is None:
        print(text, end="")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")


def results(
    places: Annotated[list[Path], typer.Argument(help="Files or folders with results of jobs.")],
    stack: Stack = "dev",
    format: Annotated[
        Format, typer.Option("--format", help="Format of the summary.")
    ] = Format.TEXT,
) -> None:
    """Read the results of all jobs. Exit status 1 if a part failed or was not run."""
    from landfall import checkout, stack_files
    from landfall.fleet.machines import gathering
    from landfall.reports import json_text

    settings = stack_files.load(stack, checkout.find())
    summary = gathering.gathered(settings, gathering.files(places))
    if format is Format.JSON:
        print(json_text.written(summary.value()), end="")
    else:
        for result in summary.results:
            print(result.line())
        for line in summary.lines():
            print(line)
    if summary.exit_status:
        raise typer.Exit(summary.exit_status)

"""`landfall validate`: report all mistakes in a stack file, or summarize the stack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landfall import committed, stack_files
from landfall.cli import rename_summary, stack_summary
from landfall.cli.shortening import Lists, wrapped
from landfall.problems import ProblemsError

app = typer.Typer(add_completion=False)


@app.command()
def validate(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
    everything: Annotated[
        bool, typer.Option("--all", help="Do not shorten lists of names or mistakes.")
    ] = False,
) -> None:
    """Check a stack file without the engine and without AWS, and summarize the stack."""
    try:
        settings, locations = stack_files.load_located(stack, directory)
    except ProblemsError as error:
        error.shown_in_full_by = "" if everything else "--all"
        raise
    lists = Lists(everything=everything)
    for line in stack_summary.lines(settings, lists):
        print(wrapped(line))
    before = committed.load(stack, directory)
    for line in rename_summary.lines(settings, locations, before, lists):
        print(wrapped(line))
    if lists.are_cut:
        print(
            wrapped(f"\nSome lists are shortened. To see all: landfall validate -s {stack} --all")
        )

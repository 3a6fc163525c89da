"""`landfall preview`: the changes that `landfall up` would make in a stack's sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def preview(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    twin: Annotated[
        Path | None,
        typer.Option(
            "--twin",
            metavar="FILE",
            help="Start the sandbox from this file, which `landfall snapshot` wrote.",
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show the engine's output.")
    ] = False,
) -> None:
    """Show what `landfall up` would change, under the policies. Changes nothing."""
    from landfall import stack_files
    from landfall.cli.consoles import console, said
    from landfall.sandbox import directories, update
    from landfall.sandbox.engine import Choice
    from landfall.sandbox.twin import chosen
    from landfall.sandbox.watching import View

    places = directories.of_stack(stack)
    settings = stack_files.load_located(stack, places.checkout)
    stack_files.require_whole(settings[0], "preview")
    begin = chosen.of_file(twin, settings[0], said) if twin else None
    view = View(console(), settings, verbose=verbose)
    status = update.preview(places, said, view, choice=Choice(twin=begin))
    if status:
        raise typer.Exit(status)

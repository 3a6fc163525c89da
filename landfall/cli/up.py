"""`landfall up`: build a stack in its sandbox, with the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def up(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1024, max=65535, help="Port of the sandbox. Default: a free port."
        ),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            metavar="PATH|VERSION",
            help="AWS provider to use from now on: a program's path, a version on this machine,"
            " official, or newest (default).",
        ),
    ] = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview/--skip-preview",
            help="Preview first; stack policies can stop an update only during a preview.",
        ),
    ] = True,
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
    """Install what is missing, start the sandbox, run `pulumi up` and summarize the result."""
    from landfall import stack_files
    from landfall.cli.consoles import console, said
    from landfall.sandbox import directories, update
    from landfall.sandbox.engine import Choice
    from landfall.sandbox.twin import chosen
    from landfall.sandbox.watching import View

    places = directories.of_stack(stack)
    # Report every mistake in the stack file before starting anything.
    settings = stack_files.load_located(stack, places.checkout)
    stack_files.require_whole(settings[0], "up")
    begin = chosen.of_file(twin, settings[0], said) if twin else None
    view = View(console(), settings, verbose=verbose, brief_additions=True)
    choice = Choice(port, provider, begin)
    status = update.run(places, said, view, preview_first=preview, choice=choice)
    if status:
        raise typer.Exit(status)

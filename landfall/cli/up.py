"""`landfall up`: build a stack in its sandbox, with the real engine."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def up(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    port: Annotated[
        int | None,
        typer.Option("--port", min=1024, max=65535, help="Port of the sandbox; else a free one."),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            metavar="PATH|VERSION",
            help="AWS provider to use from now on: a program, a version found on this machine,"
            " official, or newest (default).",
        ),
    ] = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview/--skip-preview",
            help="Preview first; policies on the stack as a whole refuse only there in time.",
        ),
    ] = True,
) -> None:
    """Set up what is missing, start the sandbox, run `pulumi up` and show what stands."""
    from rich.console import Console

    from landfall import stack_files
    from landfall.sandbox import directories, update

    places = directories.of_stack(stack)
    # Every mistake of the stack file is told before anything is started.
    stack_files.load(stack, places.checkout)
    console = Console()
    status = update.run(places, print, console, port=port, preview_first=preview, provider=provider)
    if status:
        raise typer.Exit(status)

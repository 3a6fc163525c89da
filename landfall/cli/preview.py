"""`landfall preview`: the changes that `landfall up` would make in a stack's sandbox."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def preview(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show the engine's output.")
    ] = False,
) -> None:
    """Show what `landfall up` would change, under the policies. Changes nothing."""
    from landfall import stack_files
    from landfall.cli.consoles import console, said
    from landfall.sandbox import directories, update
    from landfall.sandbox.watching import View

    places = directories.of_stack(stack)
    settings = stack_files.load_located(stack, places.checkout)
    view = View(console(), settings, verbose=verbose)
    status = update.preview(places, said, view)
    if status:
        raise typer.Exit(status)

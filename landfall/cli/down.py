"""`landfall down`: stop the sandbox of a stack."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def down(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
) -> None:
    """Stop the sandbox of a stack and discard its organization."""
    from landfall import commands
    from landfall.cli.shortening import wrapped
    from landfall.sandbox import directories, lifecycle

    again = commands.typed(f"landfall up -s {stack}")
    if lifecycle.stop(directories.of_stack(stack), print):
        print(wrapped(f"Sandbox of stack {stack}: stopped. To build it again: {again}"))
    else:
        print(f"Sandbox of stack {stack}: not running")

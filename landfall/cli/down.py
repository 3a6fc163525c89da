"""`landfall down`: end the sandbox of a stack."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def down(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
) -> None:
    """End the sandbox of a stack; its organization is forgotten."""
    from landfall import commands
    from landfall.cli.shortening import wrapped
    from landfall.sandbox import directories, lifecycle

    again = commands.typed(f"landfall up -s {stack}")
    if lifecycle.stop(directories.of_stack(stack), print):
        print(wrapped(f"Sandbox of stack {stack}: stopped. `{again}` builds it anew."))
    else:
        print(f"Sandbox of stack {stack}: was not running")

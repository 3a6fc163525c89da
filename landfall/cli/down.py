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
    from landfall.sandbox import directories, lifecycle

    if lifecycle.stop(directories.of_stack(stack), print):
        print(f"Sandbox of stack {stack}: stopped")
    else:
        print(f"Sandbox of stack {stack}: was not running")

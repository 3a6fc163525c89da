"""`landfall toolchain`: get the Pulumi CLI for this checkout."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False)


@app.command()
def toolchain() -> None:
    """Find, install or build the Pulumi CLI, and write `.landfall/bin`."""
    from toolchain.__main__ import main

    status = main()
    if status:
        raise typer.Exit(status)

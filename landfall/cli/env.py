"""`landfall env`: shell exports that point `pulumi` and AWS clients at the sandbox."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def env(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
) -> None:
    """Print exports for `eval "$(landfall env -s STACK)"`. Starts the sandbox if necessary."""
    from landfall.sandbox import directories, engine, environment

    places = directories.of_stack(stack)
    opened = engine.open_sandbox(places, lambda line: print(line, file=sys.stderr))
    print(
        environment.exports(
            places, opened.server, opened.pulumi.parent, opened.provider, os.environ
        )
    )

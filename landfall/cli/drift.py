"""`landfall drift`: what was changed in AWS behind a stack's back."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@app.command()
def drift(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="The role to act as in member accounts, with its path, in place of the one with "
            "which the stack is applied.",
        ),
    ] = "",
    format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write the report to this file, and text as well."),
    ] = None,
) -> None:
    """Compare what stands in AWS with what a stack's state says, and change neither.

    Works with the AWS credentials and the Pulumi backend of the shell; for the sandbox:
    eval "$(landfall env -s STACK)". Exit status 0 where nothing drifted, 1 where something did, 2
    where not everything could be looked at.
    """
    from landfall import checkout
    from landfall.problems import ProblemsError, refuse
    from landfall.provisioning import drift as drifts

    try:
        found = drifts.look(stack, checkout.find(), role, lambda line: print(line, file=sys.stderr))
        if output is not None:
            _write(output, found.written(format.value))
    except ProblemsError as error:
        # 1 says that something drifted, and nothing else.
        raise ProblemsError(error.problems, exit_status=2) from None
    except OSError as error:
        raise refuse(f"{output} cannot be written: {error.strerror}") from None
    print(found.written("text" if output else format.value), end="")
    if found.drifted:
        raise typer.Exit(1)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")

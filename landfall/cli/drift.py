"""`landfall drift`: changes in AWS that a stack's state does not contain."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """Output format of a report."""

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
            help="Role to assume in member accounts, with its path. Default: the stack's apply "
            "role.",
        ),
    ] = "",
    format: Annotated[Format, typer.Option("--format", help="Report format.")] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write the report to this file. Text still goes to the screen.",
        ),
    ] = None,
) -> None:
    """Compare AWS with a stack's state. Changes neither.

    Uses the AWS credentials and the Pulumi backend of the shell; for the sandbox:
    eval "$(landfall env -s STACK)". Exit status 0 without drift, 1 with drift, 2 if the comparison
    did not finish.
    """
    from landfall import checkout
    from landfall.problems import ProblemsError, refuse
    from landfall.provisioning import drift as drifts

    try:
        found = drifts.look(stack, checkout.find(), role, lambda line: print(line, file=sys.stderr))
        if output is not None:
            _write(output, found.written(format.value))
    except ProblemsError as error:
        # Exit status 1 is reserved for drift.
        raise ProblemsError(error.problems, exit_status=2) from None
    except OSError as error:
        raise refuse(f"cannot write {output}: {error.strerror}") from None
    print(found.written("text" if output else format.value), end="")
    if found.drifted:
        raise typer.Exit(1)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")

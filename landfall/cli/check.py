"""`landfall check`: preview stacks on paper under the policies, for pull requests."""

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
    SARIF = "sarif"
    JSON = "json"
    CODEQUALITY = "codequality"


@app.command()
def check(
    stack: Annotated[
        list[str] | None,
        typer.Option("-s", "--stack", help="A stack; may be repeated. Else dev."),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base", help="A commit or branch to compare access with, such as origin/main."
        ),
    ] = "",
    format: Annotated[Format, typer.Option("--format", help="How to report.")] = Format.TEXT,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="Write the report to this file; may be repeated. Files that end with .md, .sarif, "
            ".json, .codequality.json or .txt have that format, others the one of --format. Text "
            "still goes to the screen.",
        ),
    ] = None,
) -> None:
    """Judge what stacks would be, without credentials, without AWS and without a sandbox.

    Settings, and all resources that the program makes of them, are held against the policies.
    The report also says who gains and loses which access, compared with a base where one is given.
    Exit status 1 where something has to change first, 0 with advice alone, 2 where a stack could
    not be checked to the end.
    """
    from landfall import checkout
    from landfall.checking.command import Request, run

    stacks = tuple(dict.fromkeys(stack or ["dev"]))
    outputs = tuple(output or ())
    outcome = run(
        Request(checkout.find(), stacks, format.value, outputs, base),
        lambda line: print(line, file=sys.stderr),
    )
    print(outcome.written("text" if outputs else format.value), end="")
    for problem in outcome.problems:
        print(f"error: {problem}", file=sys.stderr)
    if outcome.problems or outcome.refused:
        raise typer.Exit(2 if outcome.problems else 1)

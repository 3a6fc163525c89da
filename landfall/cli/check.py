"""`landfall check`: preview stacks offline under the policies, for pull requests."""

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
    SARIF = "sarif"
    JSON = "json"
    CODEQUALITY = "codequality"


@app.command()
def check(
    stack: Annotated[
        list[str] | None,
        typer.Option("-s", "--stack", help="A stack; may be repeated. Default: dev."),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base", help="Commit or branch to compare access with, such as origin/main."
        ),
    ] = "",
    format: Annotated[Format, typer.Option("--format", help="Report format.")] = Format.TEXT,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="Write the report to this file; may be repeated. The suffix .md, .sarif, .json, "
            ".codequality.json or .txt sets the format; otherwise --format does. Text still goes "
            "to the screen.",
        ),
    ] = None,
) -> None:
    """Check stacks before they are deployed, without credentials, AWS or a sandbox.

    Checks the settings and every resource of the program against the policies. With --base, the
    report also lists who gains and loses which access. Exit status 0 without findings or with
    advice only, 1 if something must change, 2 if a check did not finish.
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

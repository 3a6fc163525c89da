"""`landfall recover`: import resources of an interrupted run that the state lacks."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def recover(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import without asking.")] = False,
) -> None:
    """Find resources that an interrupted or failed run created, and import them into the state.

    Uses the AWS credentials and the Pulumi backend of the shell. Looks up in AWS the resources
    that the program would create, lists what it finds, and imports it after confirmation. Only
    reads AWS. Exit status 0 if the state lacks nothing or everything is imported, 1 if resources
    were found but not imported, 2 if the search did not finish.
    """
    from landfall import checkout
    from landfall.cli.consoles import said
    from landfall.problems import ProblemsError
    from landfall.recovery import recovering

    def report(line: str) -> None:
        print(line, file=sys.stderr)

    place = checkout.find()
    try:
        lacking = recovering.look(stack, place, report)
        if lacking.is_empty:
            print(f"Nothing to recover: the state of stack {stack} has all its resources in AWS.")
            return
        print("\n".join(lacking.lines()))
        if not (yes or _agreed(stack)):
            said(f"Nothing was imported. To import: landfall recover -s {stack} --yes")
            raise typer.Exit(1)
        recovering.take_in(lacking, place, report)
    except ProblemsError as error:
        # Exit status 1 is reserved for resources found and not imported.
        raise ProblemsError(error.problems, exit_status=2) from None
    said(f"Imported {len(lacking.found)} resources. Next: pulumi preview -s {stack}")


def _agreed(stack: str) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Import them into the state of stack {stack}?")

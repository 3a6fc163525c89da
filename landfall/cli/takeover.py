"""`landfall takeover`: import resources that accounts already have, instead of creating them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def takeover(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    check: Annotated[
        bool, typer.Option("--check", help="Only report; exit status 1 if anything is found.")
    ] = False,
) -> None:
    """Find resources in AWS that the next run would create, and write their ids to the stack file.

    Run it after you switch on a service that accounts already use, such as GuardDuty. Uses the AWS
    credentials and the Pulumi backend of the shell, and only reads AWS. The next `pulumi preview`
    shows imports instead of creations. Exit status 2 if the search failed, or if a resource cannot
    be taken over; the stack file is then unchanged.
    """
    from landfall import checkout
    from landfall.adoption import takeover as steps
    from landfall.cli.consoles import said

    def report(line: str) -> None:
        print(line, file=sys.stderr)

    place = checkout.find()
    found = steps.look(stack, place, report)
    if not found.found:
        print(f"Nothing to take over: AWS has nothing that stack {stack} would create.")
        return
    print("\n".join(found.lines()))
    if check:
        raise typer.Exit(1)
    file = steps.write(found, place)
    said(f"Wrote the ids to {file}. Next: pulumi preview -s {stack}")

"""`landfall recover`: import what AWS has and the state lacks after an interrupted run."""

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
    """Find what an interrupted or failed run made in AWS, and import it into the state.

    Works with the AWS credentials and the Pulumi backend of the shell. Looks first, and changes
    nothing: resources that the program would create are looked up in AWS by their identity. Then
    shows what it found, and imports it after a yes. AWS is only read. Exit status 0 where the state
    lacks nothing or all is imported, 1 where something was found and not imported, 2 where not
    everything could be looked at.
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
            print(f"The state of stack {stack} lacks nothing that AWS has.")
            return
        print("\n".join(lacking.lines()))
        if not (yes or _agreed(stack)):
            said(f"Nothing was imported. To import it: landfall recover -s {stack} --yes")
            raise typer.Exit(1)
        recovering.take_in(lacking, place, report)
    except ProblemsError as error:
        # 1 says that something was found and not imported, and nothing else.
        raise ProblemsError(error.problems, exit_status=2) from None
    said(f"Imported {len(lacking.found)}. Next: pulumi preview -s {stack}")


def _agreed(stack: str) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Import it into the state of stack {stack}?")

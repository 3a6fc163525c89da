"""`landfall plan`: what applying a stack would change, for somebody to approve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def plan(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="The role to act as in member accounts, with its path, in place of the one with "
            "which the stack is applied.",
        ),
    ] = "",
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder for plan.json and plan.md.")
    ] = Path("build/plan"),
) -> None:
    """Plan what applying a stack would change, under the policies, and change nothing.

    Works with the AWS credentials and the Pulumi backend of the shell. `landfall apply` does what
    the plan says and nothing else.
    """
    from landfall import checkout
    from landfall.provisioning import plan as plans
    from landfall.releases import disarmed

    made = plans.make(
        stack, checkout.find(), role, output, lambda line: print(line, file=sys.stderr)
    )
    print(f"{output / plans.PLAN}: {made.summary}")
    if made.disarmed:
        print(disarmed.note(list(made.disarmed)))
    print(f"sha256 {made.digest}")

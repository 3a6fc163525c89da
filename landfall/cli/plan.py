"""`landfall plan`: the changes that applying a stack would make, for approval."""

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
            help="Role to assume in member accounts, with its path. Default: the stack's apply "
            "role.",
        ),
    ] = "",
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder for plan.json and plan.md.")
    ] = Path("build/plan"),
) -> None:
    """Save a plan of the changes to a stack, under the policies. Changes nothing.

    Uses the AWS credentials and the Pulumi backend of the shell. `landfall apply` applies the plan
    and nothing else.
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

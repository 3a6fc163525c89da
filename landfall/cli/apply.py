"""`landfall apply`: apply a saved plan and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def apply(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    plan: Annotated[
        Path, typer.Option("--plan", help="The plan that `landfall plan` wrote.")
    ] = Path("build/plan/plan.json"),
    digest: Annotated[str, typer.Option("--sha256", help="SHA-256 of the approved plan.")] = "",
) -> None:
    """Apply a plan under the policies. The engine stops before any change outside the plan.

    Uses the AWS credentials and the Pulumi backend of the shell. Exit status 1 if the plan is not
    the approved one, or if applying it failed.
    """
    from landfall import checkout
    from landfall.engine import running
    from landfall.provisioning import copies
    from landfall.provisioning import plan as plans
    from toolchain import wrappers

    folder = checkout.find()
    plans.require(plan, digest)
    pulumi = wrappers.ensure(folder, lambda line: print(line, file=sys.stderr)).pulumi
    copies.require_backend(pulumi, stack, folder)
    arguments = ["up", "--stack", stack, "--plan", str(plan.resolve())]
    arguments += ["--yes", "--skip-preview", "--suppress-outputs"]
    arguments += ["--policy-pack", str(folder / "policies")]
    if running.show(pulumi, *arguments, cwd=folder):
        raise typer.Exit(1)

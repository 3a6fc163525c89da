"""`landfall apply`: does what a plan says, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def apply(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    plan: Annotated[Path, typer.Option("--plan", help="The plan, of `landfall plan`.")] = Path(
        "build/plan/plan.json"
    ),
    digest: Annotated[
        str, typer.Option("--sha256", help="What the plan's SHA-256 was when it was approved.")
    ] = "",
) -> None:
    """Apply a plan under the policies; the engine stops where it would do anything else.

    Works with the AWS credentials and the Pulumi backend of the shell. Exit status 1 where the plan
    is another than the approved one, or could not be applied to the end.
    """
    from landfall import checkout
    from landfall.provisioning import copies
    from landfall.provisioning import plan as plans
    from toolchain import wrappers

    folder = checkout.find()
    plans.require(plan, digest)
    pulumi = wrappers.ensure(folder, lambda line: print(line, file=sys.stderr)).pulumi
    copies.require_backend(pulumi, stack, folder)
    command = [str(pulumi), "up", "--stack", stack, "--plan", str(plan.resolve())]
    command += ["--yes", "--skip-preview", "--non-interactive", "--suppress-outputs"]
    command += ["--policy-pack", str(folder / "policies")]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise typer.Exit(1)

"""`landfall apply`: apply a saved plan and nothing else."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show the engine's own text.")
    ] = False,
) -> None:
    """Apply a plan under the policies. The engine stops before any change outside the plan.

    Uses the AWS credentials and the Pulumi backend of the shell. Exit status 1 if the plan is not
    the approved one, or if applying it failed.
    """
    from landfall import checkout, stack_files
    from landfall.cli.consoles import console, said
    from landfall.engine import event_log
    from landfall.engine.running import UNATTENDED, Runner
    from landfall.provisioning import copies
    from landfall.provisioning import plan as plans
    from landfall.sandbox import summary
    from landfall.sandbox.watching import View
    from toolchain import wrappers

    folder = checkout.find()
    plans.require(plan, digest)
    base, part = stack_files.part_of(stack, folder)
    settings = stack_files.load_located(base, folder)
    pulumi = wrappers.ensure(folder, lambda line: print(line, file=sys.stderr)).pulumi
    copies.require_backend(pulumi, stack, folder)
    with _event_log() as log:
        arguments = ["up", "--stack", stack, "--plan", str(plan.resolve()), "--yes"]
        arguments += ["--skip-preview", UNATTENDED, "--suppress-outputs"]
        arguments += ["--policy-pack", str(folder / "policies"), *event_log.option(log)]
        view = View(console(), settings, verbose=verbose)
        variables = dict(os.environ)
        if part:
            variables |= stack_files.variables_of_part(base, folder, variables)
        runner = Runner(pulumi, folder, stack, log, variables)
        outcome = view.run(runner, "up", arguments)
        if outcome.succeeded:
            said(f"Stack {stack}: {summary.counted(summary.read_events(log))}.")
            log.unlink(missing_ok=True)
            return
    if outcome.interrupted:
        said(f"Interrupted. Look up what AWS created meanwhile: landfall {_recovery(stack)}")
    raise typer.Exit(1)


@contextmanager
def _event_log() -> Iterator[Path]:
    """Yield a file for the engine's events, and delete it: it contains property values.

    In a sandbox's shell it stays, as for a `pulumi up` there, until `landfall up` has read it.
    """
    if "LANDFALL_STACK_FILE" in os.environ:
        runs = Path(os.environ["PULUMI_OPTION_CONFIG_FILE"]).parent / "runs"
        runs.mkdir(mode=0o700, exist_ok=True)
        yield runs / f"{os.getpid()}-apply.jsonl"
        return
    with tempfile.TemporaryDirectory(prefix="landfall-apply-") as folder:
        yield Path(folder) / "events.jsonl"


def _recovery(stack: str) -> str:
    return f"up -s {stack}" if "LANDFALL_STACK_FILE" in os.environ else f"recover -s {stack}"

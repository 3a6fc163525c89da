"""`landfall validate`: every mistake of a stack file at once, or what the stack describes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landfall import stack_files
from landfall.guardrails.of_stack import policies
from landfall.settings import Stack
from landfall.settings.branching import branches

app = typer.Typer()


@app.command()
def validate(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
) -> None:
    """Check a stack file without the engine and without AWS."""
    settings = stack_files.load(stack, directory)
    compiled = list(policies(settings))
    print(_described(stack, settings, len(compiled)))


def _described(name: str, stack: Stack, policy_count: int) -> str:
    organization = stack.organization
    lines = [
        f"Pulumi.{name}.yaml is valid.",
        f"  organization  {organization.mode}, {', '.join(stack.regions)}",
        f"  units         {sum(1 for _ in organization.walk())}, {policy_count} policies",
    ]
    for path, _ in organization.walk():
        inside = [n for n, account in stack.accounts.items() if account.unit == path]
        lines.append(f"                {path}: {', '.join(inside) or '-'}")
    lines.append(f"  accounts      {len(stack.accounts)}")
    lines.append(f"  access roles  {', '.join(stack.access.roles) or '-'}")
    for app_name, application in stack.delivery.applications.items():
        started = (
            f"{environment} from {', '.join(branches(application, environment))}"
            for environment in application.environments
        )
        lines.append(f"  application   {app_name}: {'; '.join(started)}")
    return "\n".join(lines)

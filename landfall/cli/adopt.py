"""`landfall adopt`: write the stack file that takes over an organization that exists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def adopt(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack to write.")],
    region: Annotated[
        str | None, typer.Option("--region", help="Home region; else that of the credentials.")
    ] = None,
    account_role: Annotated[
        str,
        typer.Option("--account-role", help="The role in each account that is assumed."),
    ] = "OrganizationAccountAccessRole",
    roles: Annotated[
        bool, typer.Option("--roles/--no-roles", help="Look for roles in the member accounts.")
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the settings of an existing stack file.")
    ] = False,
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
) -> None:
    """Read the organization of the AWS credentials and write `Pulumi.<stack>.yaml`.

    AWS is only read. The following `pulumi preview` imports all of it and changes nothing.
    """
    from landfall.adoption.command import Request, run

    run(Request(stack, region, account_role, roles, force, directory))

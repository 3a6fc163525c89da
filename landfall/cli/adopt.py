"""`landfall adopt`: write the stack file that adopts an existing organization."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def adopt(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack to write.")],
    region: Annotated[
        str | None, typer.Option("--region", help="Home region. Default: the credentials' region.")
    ] = None,
    account_role: Annotated[
        str,
        typer.Option("--account-role", help="The role to assume in each account."),
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

    Only reads AWS. The next `pulumi preview` imports everything and changes nothing.
    """
    from landfall.adoption.command import Request, run

    run(Request(stack, region, account_role, roles, force, directory))

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
    more_regions: Annotated[
        list[str] | None,
        typer.Option("--also", help="Another region in use; repeatable."),
    ] = None,
    account_role: Annotated[
        list[str] | None,
        typer.Option(
            "--account-role",
            help="The role to assume in each account; repeatable, then tried in order. Roles of "
            "Organizations and Control Tower are tried last.",
        ),
    ] = None,
    roles: Annotated[
        bool,
        typer.Option(
            "--roles/--no-roles", help="Read roles and services in the accounts, not only names."
        ),
    ] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the settings of an existing stack file.")
    ] = False,
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
    snapshot: Annotated[
        Path | None,
        typer.Option(
            "--snapshot",
            metavar="FILE",
            help="Also write a snapshot, for `landfall up --twin FILE`; not with --no-roles.",
        ),
    ] = None,
) -> None:
    """Read the organization of the AWS credentials and write `Pulumi.<stack>.yaml`.

    Only reads AWS. The next `pulumi preview` imports everything and changes nothing.
    """
    from landfall.adoption.command import DEFAULT_ROLE, Request, run

    known = account_role or [DEFAULT_ROLE]
    regions = tuple(more_regions or ())
    run(Request(stack, region, tuple(known), regions, roles, force, directory, snapshot))

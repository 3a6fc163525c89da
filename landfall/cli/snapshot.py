"""`landfall snapshot`: write what an organization contains, for a twin of it in the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def snapshot(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file.")],
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
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Read the organization of the AWS credentials, and write it to a JSON file without secrets.

    Only reads AWS. `landfall up --twin FILE` starts a sandbox from it, with the same ids.
    """
    from landfall.adoption.command import DEFAULT_ROLE
    from landfall.adoption.snapshot import Request, run

    roles, regions = tuple(account_role or [DEFAULT_ROLE]), tuple(more_regions or ())
    run(Request(output, region, roles, regions, force))

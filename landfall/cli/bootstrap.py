"""`landfall bootstrap`: create the state bucket and the secrets key, once."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def bootstrap(
    stack: Annotated[
        str, typer.Option("-s", "--stack", help="The stack for the printed commands.")
    ] = "prod",
    region: Annotated[
        str | None,
        typer.Option(
            "--region", help="Region of bucket and keys. Default: the credentials' region."
        ),
    ] = None,
    bucket: Annotated[
        str | None,
        typer.Option("--bucket", help="Bucket name. Default: landfall-state-ACCOUNT-REGION."),
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option(
            "--principal",
            help="ARN of a role or user that may use the stacks; may be repeated. Default: the "
            "current principals; on the first run, the caller.",
        ),
    ] = None,
    noncurrent_days: Annotated[
        int,
        typer.Option(min=1, max=36500, help="Days to keep replaced versions of the state."),
    ] = 365,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="key=value; may be repeated.")
    ] = None,
) -> None:
    """Create a Pulumi backend in the account of your AWS credentials.

    Creates an encrypted, versioned, private bucket with access logs, its key, and a key for Pulumi
    secrets. Keeps or corrects what already exists. Resumes an interrupted run.
    """
    from landfall import commands
    from landfall.bootstrap.command import Request, run

    request = Request(stack, region, bucket, principal or (), noncurrent_days, tag or ())
    for line in run(request, lambda what, outcome: print(f"{what}: {outcome}")):
        print(commands.typed(line))

"""`landfall bootstrap`: make the bucket of the state and the key of the secrets, once."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def bootstrap(
    stack: Annotated[
        str, typer.Option("-s", "--stack", help="The stack that the printed commands name.")
    ] = "prod",
    region: Annotated[
        str | None, typer.Option("--region", help="Where it stands; else the credentials' region.")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="Else landfall-state-ACCOUNT-REGION.")
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option(
            "--principal",
            help="ARN of a role or user who works on the stacks; may be repeated. Else those who "
            "do so far, and at first you.",
        ),
    ] = None,
    noncurrent_days: Annotated[
        int,
        typer.Option(min=1, max=36500, help="How long replaced versions of the state are kept."),
    ] = 365,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="key=value; may be repeated.")
    ] = None,
) -> None:
    """Make what a backend of your own needs, in the account of your AWS credentials.

    An encrypted, versioned, private bucket with access logs, its key, and the key for Pulumi's
    secrets. What stands already is left as it is, or put right; a run that was cut short goes on.
    """
    from landfall.bootstrap.command import Request, run

    request = Request(stack, region, bucket, principal or (), noncurrent_days, tag or ())
    for line in run(request, lambda what, outcome: print(f"{what}: {outcome}")):
        print(line)

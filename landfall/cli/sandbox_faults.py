"""`landfall sandbox faults`: make a sandbox fail as AWS sometimes does."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

faults = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Make a sandbox fail as AWS sometimes does: throttling, stale reads, lost answers.",
)

Stack = Annotated[str, typer.Option("-s", "--stack", help="The stack.")]


class Format(StrEnum):
    """Output format of the list."""

    TEXT = "text"
    JSON = "json"


@faults.command()
def add(
    kind: Annotated[
        str,
        typer.Argument(
            help="throttle, concurrent-modification, stale, account-creation, latency, half-way, "
            "region-down or expired-session."
        ),
    ],
    stack: Stack = "dev",
    operation: Annotated[
        list[str] | None,
        typer.Option(
            help="SERVICE:OPERATION with wildcards, as 'iam:*'. Repeatable. Default: all."
        ),
    ] = None,
    rate: Annotated[float, typer.Option(help="The share of the requests, as 0.2.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another choice of requests at the same rate.")] = 0,
    after: Annotated[int, typer.Option(help="How many requests are spared first.")] = 0,
    times: Annotated[
        int,
        typer.Option(
            help="How many requests are met. Default: all; 1 for half-way, expired-session and "
            "account-creation."
        ),
    ] = 0,
    region: Annotated[str, typer.Option(help="Only requests to a region.")] = "",
    role: Annotated[str, typer.Option(help="Only requests of a role, by its name.")] = "",
    milliseconds: Annotated[int, typer.Option(help="The delay of latency.")] = 0,
    reads: Annotated[
        int, typer.Option(help="How many reads of each new resource find nothing: stale.")
    ] = 0,
    per_second: Annotated[
        float,
        typer.Option(help="throttle: only requests over this rate, by service, account, region."),
    ] = 0.0,
    burst: Annotated[
        int, typer.Option(help="With --per-second: the requests that may come at once.")
    ] = 0,
    reason: Annotated[
        str, typer.Option(help="AWS's reason for account-creation, as INTERNAL_FAILURE.")
    ] = "",
) -> None:
    """Add a fault to the running sandbox, until it is removed or the sandbox is reset."""
    from landfall.sandbox.faults import client, kinds

    options = {"rate": rate, "seed": seed, "after": after, "times": times, "region": region}
    more: dict[str, object] = {
        "role": role,
        "milliseconds": milliseconds,
        "reads": reads,
        "reason": reason,
    }
    more |= {"per_second": per_second, "burst": burst}
    # Mistakes first: they do not need a running sandbox.
    fault = kinds.read({"kind": kind, "operations": operation or (), **options, **more})
    url = _url(stack)
    identity = client.add(url, kind, *(operation or ()), **options, **more)
    print(f"Fault {identity}, {fault}: the sandbox {fault.effect}.")
    print(f"To remove it: landfall sandbox faults remove {identity} -s {stack}")


@faults.command("list")
def list_(
    stack: Stack = "dev",
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
) -> None:
    """Show the faults of the running sandbox, and how many requests each met."""
    from landfall.sandbox.faults import client

    found = client.listed(_url(stack))
    if format is Format.JSON:
        print(json.dumps(found, indent=2))
        return
    if not found:
        print(f"The sandbox of stack {stack} has no faults.")
    for each in found:
        print(
            f"{each['id']}  {client.shown(each)}: met {each['met']} of {each['matched']} requests"
        )


@faults.command()
def remove(
    stack: Stack = "dev",
    identity: Annotated[
        int | None, typer.Argument(metavar="[NUMBER]", help="The fault's number.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Remove every fault.")] = False,
) -> None:
    """Remove a fault of the running sandbox, or all."""
    from landfall.problems import refuse
    from landfall.sandbox.faults import client

    if (identity is None) != all_:
        raise refuse("name one fault, or --all", "`landfall sandbox faults list` shows the numbers")
    removed = client.remove(_url(stack), identity)
    print(f"Removed {removed} fault{'' if removed == 1 else 's'}.")


def _url(stack: str) -> str:
    from landfall.sandbox import directories, engine

    return engine.attach(directories.of_stack(stack), print).url

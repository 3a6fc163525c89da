"""`landfall sandbox`: the local AWS of each stack."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landfall.cli.sandbox_access import access
from landfall.cli.sandbox_faults import faults

if TYPE_CHECKING:
    from landfall.sandbox.directories import Directories
    from landfall.sandbox.twin.chosen import Twin as ChosenTwin

app = typer.Typer(add_completion=False, no_args_is_help=True, help="The local AWS of each stack.")
app.command()(access)
app.add_typer(faults, name="faults")

Stack = Annotated[str, typer.Option("-s", "--stack", help="The stack.")]
Port = Annotated[
    int | None,
    typer.Option("--port", min=1024, max=65535, help="Port to listen on. Default: a free port."),
]


Enforce = Annotated[
    bool,
    typer.Option(
        "--enforce-iam/--no-enforce-iam",
        help="Deny calls that AWS would deny. Without: allow every call.",
    ),
]


Twin = Annotated[
    Path | None,
    typer.Option(
        "--twin", metavar="FILE", help="Start from this file, which `landfall snapshot` wrote."
    ),
]


@app.command()
def start(
    stack: Stack = "dev", port: Port = None, enforce_iam: Enforce = True, twin: Twin = None
) -> None:
    """Start the sandbox in the background, unless it is running."""
    from landfall.sandbox import directories, lifecycle

    places = directories.of_stack(stack)
    started = lifecycle.start(
        places,
        print,
        port=port,
        command=_command(enforce_iam=enforce_iam),
        twin=_twin(twin, places),
    )
    if not started.fresh:
        print(f"Sandbox of stack {stack}: already running at {started.server.url}")
        if not enforce_iam:
            print(f"To allow every call: landfall sandbox reset -s {stack} --no-enforce-iam")


@app.command()
def stop(stack: Stack = "dev") -> None:
    """Stop the sandbox and discard its organization."""
    from landfall.cli.down import down

    down(stack)


@app.command()
def reset(
    stack: Stack = "dev", port: Port = None, enforce_iam: Enforce = True, twin: Twin = None
) -> None:
    """Stop the sandbox, whatever its condition, and start an empty one, or one from a snapshot."""
    from landfall.sandbox import directories, lifecycle

    places = directories.of_stack(stack)
    lifecycle.reset(
        places,
        print,
        port=port,
        command=_command(enforce_iam=enforce_iam),
        twin=_twin(twin, places),
    )


def _twin(file: Path | None, places: Directories) -> ChosenTwin | None:
    """Return the twin in a file, which must fit the stack file if there is one."""
    if file is None:
        return None
    from landfall import stack_files
    from landfall.sandbox.twin import chosen

    stack = None
    if places.stack_file.is_file():
        stack = stack_files.load(places.stack, places.checkout)
    return chosen.of_file(file, stack, print)


def _command(*, enforce_iam: bool) -> tuple[str, ...]:
    """Return the command of the sandbox's server."""
    from landfall.sandbox.server_process import SERVER_COMMAND

    return SERVER_COMMAND if enforce_iam else (*SERVER_COMMAND, "--no-enforce-iam")


@app.command()
def status(
    stack: Annotated[str | None, typer.Option("-s", "--stack", help="Only this stack.")] = None,
) -> None:
    """Show the sandboxes of this checkout."""
    from rich.console import Console
    from rich.table import Table

    from landfall import checkout
    from landfall.sandbox import directories

    found = [directories.of_stack(stack)] if stack else directories.all_of(checkout.find())
    if not found:
        print("No sandbox was started in this checkout.")
        return
    table = Table("stack", "state", "endpoint", "account", "pid", "up for", "requests", box=None)
    for places in found:
        table.add_row(*_row(places))
    Console(width=None).print(table)


def _row(places: Directories) -> list[str]:
    from landfall.sandbox import server_process

    status = server_process.inspect(places, deadline=2.0)
    server = status.server
    if server is None:
        return [places.stack, status.state.value, "", "", "", "", ""]
    up = timedelta(seconds=int(time.time() - server.started)) if server.is_alive() else ""
    requests = str(status.health.get("requests", "")) if status.health else ""
    return [
        places.stack,
        status.state.value,
        server.url,
        server.account,
        str(server.pid),
        str(up),
        requests,
    ]

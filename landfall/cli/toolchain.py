"""`landfall toolchain`: get the Pulumi CLI for this checkout, or see and build AWS providers."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    help="Find, install or build the Pulumi CLI, and write `.landfall/bin`.",
)


@app.callback()
def toolchain(context: typer.Context) -> None:
    """Find, install or build the Pulumi CLI, and write `.landfall/bin`."""
    if context.invoked_subcommand is not None:
        return
    from toolchain.__main__ import main

    status = main()
    if status:
        raise typer.Exit(status)


@app.command()
def provider(
    build: Annotated[
        bool, typer.Option("--build", help="Build the provider of pulumi-aws from its Go module.")
    ] = False,
) -> None:
    """Show the AWS providers on this machine, newest first, and offer to build one."""
    from landfall.sandbox import terraform_provider
    from toolchain import aws_provider

    found = terraform_provider.all_found()
    for each in found:
        print(f"{each}  {each.program}")
    if not found:
        print("No Terraform AWS provider is on this machine.")
    if aws_provider.target().exists():
        print("`landfall up --provider VERSION` chooses one; the newest is taken by itself.")
        return
    print(f"{aws_provider.VERSION} can be built from its Go module: {aws_provider.COST}.")
    if build or (sys.stdin.isatty() and typer.confirm("Build it now?")):
        print(f"Built: {aws_provider.build(print)}")
    else:
        print("Run `landfall toolchain provider --build` to build it.")

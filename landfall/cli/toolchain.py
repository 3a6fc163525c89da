"""`landfall toolchain`: install the Pulumi CLI for this checkout; list and build AWS providers."""

from __future__ import annotations

import os
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
        bool, typer.Option("--build", help="Build the pulumi-aws provider from its Go module.")
    ] = False,
    install: Annotated[
        bool, typer.Option("--install", help="Install the official plugin for all your projects.")
    ] = False,
) -> None:
    """List the AWS providers on this machine, newest first, and offer to build one."""
    from landfall.sandbox import plugins
    from toolchain import aws_provider, terraform_provider

    if install:
        _install()
    official = plugins.official_of_user(os.environ)
    if official:
        print(f"official {plugins.VERSION}  {official}")
    found = terraform_provider.all_found()
    for each in found:
        print(f"{each}  {each.program}")
    if not found:
        print("No Terraform AWS provider found on this machine.")
    if official or aws_provider.target().exists():
        print("Default: the first. To choose: landfall up --provider official|VERSION")
        if aws_provider.target().exists():
            return
    print(f"{aws_provider.VERSION} can be built from its Go module: {aws_provider.COST}.")
    if build or (sys.stdin.isatty() and typer.confirm("Build it now?")):
        print(f"Built: {aws_provider.build(print)}")
    else:
        print("To build it: landfall toolchain provider --build")


def _install() -> None:
    from landfall import checkout
    from landfall.problems import refuse
    from landfall.sandbox import plugins
    from toolchain import wrappers

    pulumi = wrappers.ensure(checkout.find(), print).pulumi
    print(f"Fetching the official aws provider {plugins.VERSION} (about 200 MB)")
    if reason := plugins.install(pulumi, os.environ):
        raise refuse(
            f"the official aws provider {plugins.VERSION} could not be fetched: {reason}",
            "Run this again, or use a Terraform AWS provider: `landfall toolchain provider`.",
        )

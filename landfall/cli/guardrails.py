"""`landfall guardrails`: which policy contains which guardrail, and the remaining quotas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from landfall import stack_files
from landfall.guardrails.explaining import explained
from landfall.settings import Stack

app = typer.Typer(add_completion=False)


@app.command()
def guardrails(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
    documents: Annotated[
        bool, typer.Option("--documents", help="Print the policy documents as JSON.")
    ] = False,
) -> None:
    """Show the policies that the guardrails of each target compile to, without AWS."""
    settings = stack_files.load(stack, directory)
    if documents:
        print(json.dumps(_documents(settings), indent=2))
    else:
        print("\n".join(_lines(settings)))


def _documents(stack: Stack) -> dict[str, Any]:
    return {
        target: {
            policy.name: {
                "type": policy.type,
                "guardrails": list(policy.guardrails),
                "document": json.loads(policy.content),
            }
            for policy in attached.policies
        }
        for target, attached in explained(stack)
    }


def _lines(stack: Stack) -> Iterator[str]:
    named = made = 0
    for target, attached in explained(stack):
        if not attached.policies:
            continue
        yield target
        places = {kind: f"{used} of {most}" for kind, used, most in attached.places()}
        for policy in attached.policies:
            size = f"{len(policy.content)} of {attached.size(policy.type)} characters"
            yield f"  {policy.name}  {size}"
            yield f"    {policy.type}, {places[policy.type]} attachments used"
            yield f"    {', '.join(policy.guardrails)}"
        named += attached.named
        made += len(attached.policies)
    if not made:
        yield f"Pulumi.{stack.name}.yaml has no guardrails."
        return
    yield f"\n{named} guardrails compile to {made} policies."
    yield "AWS's FullAWSAccess uses one SCP attachment, and RCPFullAWSAccess one RCP attachment."

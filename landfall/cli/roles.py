"""`landfall roles`: the permissions of each role of a stack, without the engine and AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from landfall import stack_files
from landfall.blueprint.stack import blueprint
from landfall.blueprint.stack.placed import Blueprint, PlacedRole
from landfall.blueprint.statements import Statement
from landfall.blueprint.symbols import resolved
from landfall.problems import ProblemsError, refuse
from landfall.settings import Stack, naming
from landfall.settings.source import dotted
from landfall.settings.suggestions import suggestion

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """Output format of the answers."""

    TEXT = "text"
    JSON = "json"


@app.command()
def roles(
    role: Annotated[
        str, typer.Argument(help="A role's name, or ACCOUNT/ROLE. Default: all roles.")
    ] = "",
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
) -> None:
    """Show the roles of a stack: who may assume them and what they may do.

    Values that only AWS knows are in angle brackets, such as <account orders-dev>.
    """
    settings = stack_files.load(stack, directory)
    found = _chosen(blueprint(settings), role)
    if format is Format.JSON:
        print(json.dumps([_as_json(each) for each in found], indent=2))
    elif role:
        print("\n\n".join("\n".join(_in_full(each)) for each in found))
    else:
        print("\n".join(_listed(settings, found)))


def _chosen(described: Blueprint, wanted: str) -> Sequence[PlacedRole]:
    account, _, name = wanted.rpartition("/")
    found = [
        each
        for each in described.roles
        if not wanted or (each.role.name == name and account in ("", each.account))
    ]
    if not found:
        raise _unknown(described, wanted)
    return found


def _unknown(described: Blueprint, wanted: str) -> ProblemsError:
    if not wanted:
        return refuse("the stack has no roles", "add accounts, access roles or applications")
    names = {each.role.name for each in described.roles}
    names |= {f"{each.account}/{each.role.name}" for each in described.roles}
    return refuse(f"there is no role '{wanted}'", suggestion(wanted, names))


def _as_json(placed: PlacedRole) -> dict[str, Any]:
    role = placed.role
    return {
        "account": placed.account,
        "name": role.name,
        "path": role.path,
        "description": role.description,
        "setting": dotted(placed.setting),
        "region": placed.region,
        "trust": resolved(list(role.trust), {}),
        "policies": {name: resolved(list(it), {}) for name, it in role.policies.items()},
        "managedPolicies": list(role.managed),
        "permissionsBoundary": role.boundary,
        "sessionHours": role.session_hours or 1,
    }


def _listed(stack: Stack, found: Sequence[PlacedRole]) -> Iterator[str]:
    accounts = [naming.MANAGEMENT, *stack.accounts]
    for account in accounts:
        own = [each for each in found if each.account == account]
        if own:
            yield account
            width = max(len(each.role.name) for each in own)
            for each in own:
                yield f"  {each.role.name:<{width}}  {each.role.description or ''}".rstrip()
    yield f"\nTo see what a role may do: landfall roles -s {stack.name} ROLE"


def _in_full(placed: PlacedRole) -> Iterator[str]:
    role = placed.role
    yield f"{role.path_and_name} of {placed.account}"
    if role.description:
        yield f"  {role.description}"
    yield f"  from {dotted(placed.setting)}"
    for statement in resolved(list(role.trust), {}):
        yield from _statement("trusted", statement)
    for policy, statements in role.policies.items():
        for statement in resolved(list(statements), {}):
            yield from _statement(policy, statement)
    for arn in role.managed:
        yield f"  attached policy {arn}"
    if role.boundary:
        yield f"  permissions boundary {role.boundary}"


def _statement(policy: str, statement: Statement) -> Iterator[str]:
    yield f"  {policy}: {statement['Effect']} {statement.get('Sid', '')}".rstrip()
    for kind, value in statement.get("Principal", {}).items():
        yield f"    {kind}: {_words(value)}"
    if "NotAction" in statement:
        yield f"    all actions except: {_words(statement['NotAction'])}"
    else:
        yield f"    actions: {_words(statement['Action'])}"
    if "Resource" in statement:
        yield f"    resources: {_words(statement['Resource'])}"
    for operator, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield f"    if {operator} {key}: {_words(value)}"


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

"""`landfall iam`: query the permission engine, without AWS and without credentials."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landfall.problems import refuse


class Format(StrEnum):
    """Output format of the answers."""

    JSON = "json"
    TEXT = "text"


# `check` has a separate module with its own Typer app.
_CHECK = "landfall.cli.iam_check"

app = typer.Typer(add_completion=False, no_args_is_help=True)
if importlib.util.find_spec(_CHECK):
    app.add_typer(importlib.import_module(_CHECK).app)


@app.callback()
def _iam() -> None:
    """Evaluate AWS permissions, without AWS."""


@app.command()
def simulate(
    file: Annotated[
        Path, typer.Argument(help="A request or a list of requests as JSON; - reads stdin.")
    ],
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
) -> None:
    """Evaluate requests as AWS does, from all policies that apply.

    A request has `principal` (an ARN, a service name or `anonymous`), `action` and `resource`.
    Optional fields: `resourceAccount`, `context`, `identityPolicies`, `permissionsBoundaries`,
    `sessionPolicies`, `serviceControlPolicies` and `resourceControlPolicies` (a list of documents
    for each level, the root's first), `endpointPolicies`, `resourcePolicy` and
    `managementAccountId`. A key missing from `context` is absent from the request, unless
    `contextComplete` is false. Write an unknown value as `{"$unknown": true}`. For a list of
    requests, the answers are a list in the same order.
    """
    from landfall.iam import simulation

    cases = simulation.read(_bytes(file), datetime.now(UTC))
    single = not isinstance(cases, list)
    answers = [simulation.answer(case) for case in (cases if isinstance(cases, list) else [cases])]
    if format is Format.JSON:
        print(json.dumps(answers[0] if single else answers, indent=2))
        return
    for index, answered in enumerate(answers):
        number = "" if single else f"[{index}] "
        print(f"{number}{answered['decision']}: {answered['reason']}")


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise refuse(f"cannot read {file}: {error.strerror}", "name a JSON file") from None

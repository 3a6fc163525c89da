"""`landfall iam`: ask the permission engine, without AWS and without credentials."""

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
    """How answers are written."""

    JSON = "json"
    TEXT = "text"


# `check` is a module of its own, and brings its command.
_CHECK = "landfall.cli.iam_check"

app = typer.Typer(add_completion=False, no_args_is_help=True)
if importlib.util.find_spec(_CHECK):
    app.add_typer(importlib.import_module(_CHECK).app)


@app.callback()
def _iam() -> None:
    """Judge what AWS permissions allow, without AWS."""


@app.command()
def simulate(
    file: Annotated[
        Path, typer.Argument(help="A request or a list of them as JSON; - reads stdin.")
    ],
    format: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Decide requests as AWS would, from all policies around them.

    A request has `principal` (an ARN, a service's name or `anonymous`), `action`, `resource`, and
    where they matter `resourceAccount`, `context`, `identityPolicies`, `permissionsBoundaries`,
    `sessionPolicies`, `serviceControlPolicies` and `resourceControlPolicies` (for each level, the
    root's first, a list of documents), `endpointPolicies`, `resourcePolicy` and
    `managementAccountId`. A key that `context` lacks is absent from the request, unless
    `contextComplete` is false; a value that is not known yet is written `{"$unknown": true}`. A
    list of requests has a list of answers, in order.
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
        raise refuse(f"{file} cannot be read: {error.strerror}", "name a file of JSON") from None

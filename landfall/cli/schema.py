"""`landfall schema`: the JSON Schema of stack files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from landfall.problems import refuse
from landfall.settings import Account, Stack
from landfall.settings.descriptions import describe

app = typer.Typer(add_completion=False)

FILE = Path("schema/stack.schema.json")
"""Path in the modeline of the stack files, relative to the project's folder."""


def stack_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file: Pulumi's keys around this project's config.

    Editors use it to check a file as it is written. Checks across settings, and checks of account
    files together with the stack, are only in `landfall validate`. `$defs/Account` is for account
    files.
    """
    describe(Stack, Account)
    config = Stack.model_json_schema(by_alias=True)
    definitions = config.pop("$defs", {})
    definitions.setdefault("Account", Account.model_json_schema(by_alias=True))
    config["patternProperties"] = {"^(?!landfall:)[^:]+:.+$": {}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of Landfall",
        "type": "object",
        "required": ["config"],
        "properties": {"config": config},
        "$defs": definitions,
    }


def text() -> str:
    """Return the schema as text, as in its file."""
    return json.dumps(stack_schema(), indent=2) + "\n"


@app.command()
def schema(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the schema to this file.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=f"Fail if the file ({FILE}) differs.")
    ] = False,
) -> None:
    """Write the JSON Schema of stack files, to standard output or a file."""
    written = text()
    if check:
        path = output or FILE
        if not path.is_file() or path.read_text(encoding="utf-8") != written:
            fix = f"run 'landfall schema -o {path}'"
            raise refuse(f"{path} does not match the schema of the settings", fix, exit_status=1)
    elif output is None:
        print(written, end="")
    else:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(written, encoding="utf-8")
        except OSError as error:
            raise refuse(f"cannot write {output}: {error.strerror}") from None

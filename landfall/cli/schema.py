"""`landfall schema`: the JSON Schema of stack files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from landfall.problems import refuse
from landfall.settings import Stack

app = typer.Typer()


def stack_schema() -> dict[str, Any]:
    """Return the JSON Schema of a stack file: Pulumi's keys around this project's config."""
    config = Stack.model_json_schema(by_alias=True)
    definitions = config.pop("$defs", {})
    config["patternProperties"] = {"^(?!landfall:).*": {}}
    # Account files bring accounts that the stack file itself does not show.
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of Landfall",
        "type": "object",
        "required": ["config"],
        "properties": {"config": config},
        "$defs": definitions,
    }


@app.command()
def schema(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write it here.")] = None,
    check: Annotated[bool, typer.Option(help="Fail where the file differs.")] = False,
) -> None:
    """Write the JSON Schema of stack files."""
    text = json.dumps(stack_schema(), indent=2) + "\n"
    if output is None:
        print(text, end="")
    elif not check:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    elif not output.is_file() or output.read_text(encoding="utf-8") != text:
        raise refuse(f"{output} is not what the settings say", "run 'make schema'", exit_status=1)

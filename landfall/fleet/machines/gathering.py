"""Read the results that the jobs of a fleet have written, as one summary."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from landfall.blueprint import parts
from landfall.fleet import results
from landfall.fleet.choosing import label
from landfall.fleet.results import Result, Summary
from landfall.problems import refuse
from landfall.settings.stack import Stack


def files(places: Iterable[Path]) -> list[Path]:
    """Return these files, and the JSON files of these folders.

    Raises:
        ProblemsError: a place does not exist.

    """
    found: list[Path] = []
    for place in places:
        if not place.exists():
            raise refuse(f"there is no {place}", "name files or folders with results of jobs")
        found += sorted(place.rglob("*.json")) if place.is_dir() else [place]
    return found


def gathered(stack: Stack, found: Iterable[Path]) -> Summary:
    """Return the summary of all parts of a stack; a part without a result was not run.

    If a part has several results, as of a repeated job, the one written last counts. A job that
    ended before it began its parts has written nothing.

    Raises:
        ProblemsError: a file has results of another stack, or of no fleet.

    """
    latest: dict[str, Result] = {}
    commands: dict[str, None] = {}
    seconds = 0.0
    for file in sorted(found, key=lambda each: each.stat().st_mtime):
        text = file.read_text(encoding="utf-8")
        if not text.strip():
            continue
        summary = _read(file, text, stack.name)
        commands[summary.command] = None
        seconds = max(seconds, summary.seconds)
        latest |= {each.part: each for each in summary.results if each.status != results.NOT_RUN}
    if len(commands) > 1:
        raise refuse(f"the results are of several commands: {', '.join(commands)}")
    ordered = []
    for number, wave in enumerate(parts.waves(stack), start=1):
        for part in wave:
            name = label(part)
            missing = Result(name, part.stack_of(stack.name), number, results.NOT_RUN)
            # A job counts the waves of its own parts.
            ordered.append(replace(latest.pop(name, missing), wave=number))
    return Summary(stack.name, next(iter(commands), "up"), (*ordered, *latest.values()), seconds)


def _read(file: Path, text: str, stack: str) -> Summary:
    try:
        content: dict[str, Any] = json.loads(text)
        own = [_result(each) for each in content["parts"]]
        name, command = str(content["stack"]), str(content["command"])
        seconds = float(content["seconds"])
    except (ValueError, KeyError, TypeError):
        raise refuse(
            f"{file} has no results of a fleet", "they are what --format json prints", exit_status=1
        ) from None
    if name != stack:
        raise refuse(f"{file} has results of stack {name}, not {stack}", exit_status=1)
    return Summary(name, command, tuple(own), seconds)


def _result(value: dict[str, Any]) -> Result:
    return Result(
        str(value["part"]),
        str(value["stack"]),
        int(value["wave"]),
        str(value["status"]),
        float(value["seconds"]),
        {str(key): int(count) for key, count in value["changes"].items()},
        tuple(map(str, value["problems"])),
        int(value["drifted"]),
    )

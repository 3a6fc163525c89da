"""Reads stack files: `Pulumi.<stack>.yaml` and the account files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landfall.problems import Problem, ProblemsError, refuse
from landfall.settings import Stack, parse
from landfall.settings.source import Locations, read_yaml

_ACCOUNTS = "landfall:accounts"
_FOLDER = "landfall:accountsFolder"


def path_of(stack: str, directory: Path) -> Path:
    """Return the path of a stack's file; raises `ProblemsError` where there is none."""
    path = directory / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(p.name[7:-5] for p in directory.glob("Pulumi.*.yaml"))
        there = f"there is {', '.join(known)}" if known else "there is no stack file at all"
        raise refuse(f"{path.name} is not in {directory}", f"{there}; choose one with -s")
    return path


def load(stack: str, directory: Path) -> Stack:
    """Return the settings of a stack from its file."""
    path = path_of(stack, directory)
    value, locations = _read(path, directory)
    config = value.get("config") if isinstance(value, dict) else None
    if not isinstance(config, dict):
        fix = "write 'config:' and below it aws:region and landfall:organization"
        raise ProblemsError([Problem("there is no config", fix, location=locations.of(()))])
    return _parse(config, locations, directory)


def load_config(stack: str, config: Mapping[str, Any], directory: Path) -> Stack:
    """Return the settings from the config that the engine gave; the file only tells the lines."""
    path = directory / f"Pulumi.{stack}.yaml"
    locations = _read(path, directory)[1] if path.is_file() else Locations(path.name)
    return _parse(dict(config), locations, directory)


def _read(path: Path, directory: Path) -> tuple[Any, Locations]:
    name = str(path.relative_to(directory)) if path.is_relative_to(directory) else str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ProblemsError(
            [Problem(f"{name} is not UTF-8: {error.reason}", "save it as UTF-8")]
        ) from None
    return read_yaml(text, name)


def _parse(config: dict[str, Any], locations: Locations, directory: Path) -> Stack:
    folder = config.get(_FOLDER)
    if isinstance(folder, str):
        config, locations = _with_account_files(config, locations, directory, folder)
    return parse(config, locations=locations)


def _with_account_files(
    config: dict[str, Any], locations: Locations, directory: Path, folder: str
) -> tuple[dict[str, Any], Locations]:
    place = locations.of(("config", _FOLDER))
    if not (directory / folder).is_dir():
        raise ProblemsError(
            [Problem(f"there is no folder '{folder}'", "make it, or correct it", _FOLDER, place)]
        )
    inline = config.get(_ACCOUNTS)
    accounts = dict(inline) if isinstance(inline, dict) else {}
    problems: list[Problem] = []
    for path in sorted((directory / folder).glob("*.yaml")):
        try:
            value, own = _read(path, directory)
        except ProblemsError as error:
            problems += error.problems
            continue
        if path.stem in accounts:
            here = own.of(())
            fix = f"the other is at {locations.of(('config', _ACCOUNTS, path.stem))}"
            problems.append(
                Problem(f"account '{path.stem}' stands a second time", fix, location=here)
            )
        accounts[path.stem] = value
        locations = locations.with_document(("config", _ACCOUNTS, path.stem), own)
    if problems:
        raise ProblemsError(problems)
    return {**config, _ACCOUNTS: accounts}, locations

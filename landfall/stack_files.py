"""Reads stack files: `Pulumi.<stack>.yaml` and the account files that it names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landfall.problems import Location, Problem, ProblemsError, refuse
from landfall.settings import Stack
from landfall.settings.keys import ACCOUNTS, ACCOUNTS_FOLDER
from landfall.settings.source import Locations, read_yaml
from landfall.validation import parse
from landfall.validation.parsing import secrets

__all__ = ["load", "load_config", "load_located"]


def path_of(stack: str, directory: Path) -> Path:
    """Return the path of a stack's file; raises `ProblemsError` (status 2) where there is none."""
    path = directory / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(p.name[7:-5] for p in directory.glob("Pulumi.*.yaml"))
        there = f"there is {', '.join(known)}" if known else "there is no stack file at all"
        raise refuse(
            f"there is no {path.name} in {directory.resolve()}", f"{there}; choose one with -s"
        )
    return path


def load(stack: str, directory: Path) -> Stack:
    """Return the settings of a stack from its file.

    Raises `ProblemsError` with every mistake of the file and of the account files.
    """
    return load_located(stack, directory)[0]


def load_located(stack: str, directory: Path) -> tuple[Stack, Locations]:
    """Return the settings of a stack, and where each of them stands; raises as `load` does.

    Paths begin with `config`; an account from a file of its own is found where the others are.
    """
    try:
        return _load_located(stack, directory)
    except ProblemsError as error:
        error.shown_in_full_by = f"landfall validate -s {stack} --all"
        raise


def _load_located(stack: str, directory: Path) -> tuple[Stack, Locations]:
    value, locations = _read(path_of(stack, directory), directory)
    config = value.get("config") if isinstance(value, dict) else None
    if not isinstance(config, dict):
        fix = "write 'config:', and below it aws:region and landfall:organization"
        place = locations.of(("config",))
        raise ProblemsError([Problem("the stack file has no config", fix, location=place)])
    return _parse(stack, config, locations, directory)


def load_config(
    stack: str,
    config: Mapping[str, Any],
    directory: Path,
    environment: Mapping[str, str] = os.environ,
) -> Stack:
    """Return the settings from the config that the engine gave; the file only tells the lines.

    `config` maps full keys to values already decoded. Raises as `load` does, and where the shell
    belongs to the sandbox of another stack, whose file the engine has then read.
    """
    _refuse_another(stack, environment.get("LANDFALL_STACK_FILE", ""))
    path = directory / f"Pulumi.{stack}.yaml"
    locations, given = Locations(path.name), dict(config)
    if path.is_file():
        value, locations = _read(path, directory)
        written = value.get("config") if isinstance(value, dict) else None
        for key, item in written.items() if isinstance(written, dict) else ():
            # The engine has deciphered it; what the file holds as a secret is refused as one.
            if key in given and any(secrets(item)):
                given[key] = item
    return _parse(stack, given, locations, directory)[0]


def _refuse_another(stack: str, of_sandbox: str) -> None:
    other = Path(of_sandbox).name.removeprefix("Pulumi.").removesuffix(".yaml")
    if of_sandbox and other != stack:
        raise refuse(
            f"this shell belongs to the sandbox of stack {other}, so the engine read the settings"
            f" of {other} for stack {stack}",
            f'for the sandbox of {stack}: eval "$(landfall env -s {stack})"; for a real'
            " organization: open a new shell",
        )


def _read(path: Path, directory: Path) -> tuple[Any, Locations]:
    name = str(path.relative_to(directory)) if path.is_relative_to(directory) else str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 from byte {error.start} on"
        raise ProblemsError([Problem(what, "save it as UTF-8", "", Location(name))]) from None
    except OSError as error:
        what = f"the file cannot be read: {error.strerror or error}"
        fix = "check that it is a file that you may read"
        raise ProblemsError([Problem(what, fix, "", Location(name))], exit_status=2) from None
    return read_yaml(text, name)


def _parse(
    stack: str, config: dict[str, Any], locations: Locations, directory: Path
) -> tuple[Stack, Locations]:
    problems: list[Problem] = []
    unread: list[tuple[str, ...]] = []
    if isinstance(config.get(ACCOUNTS_FOLDER), str):
        config, locations = _with_account_files(config, locations, directory, problems, unread)
    try:
        settings = parse(config, stack=stack, locations=locations, unread=unread)
    except ProblemsError as error:
        raise ProblemsError([*problems, *error.problems]) from None
    if problems:
        raise ProblemsError(problems)
    return settings, locations


def _with_account_files(
    config: dict[str, Any],
    locations: Locations,
    directory: Path,
    problems: list[Problem],
    unread: list[tuple[str, ...]],
) -> tuple[dict[str, Any], Locations]:
    """Return the config with the accounts of the folder put in, one `<name>.yaml` each.

    Adds to `problems` what is wrong with the files, and to `unread` what could not be put in.
    """
    folder = Path(config[ACCOUNTS_FOLDER])
    place = locations.of(("config", ACCOUNTS_FOLDER))
    if folder.is_absolute() or ".." in folder.parts or not (directory / folder).is_dir():
        what = f"there is no folder '{folder}' beside the stack file"
        fix = "make it, or write its path from there, as in accounts/prod"
        problems.append(Problem(what, fix, ACCOUNTS_FOLDER, place))
        unread.append((ACCOUNTS,))
        return config, locations
    inline = config.get(ACCOUNTS, {})
    if not isinstance(inline, dict):
        return config, locations
    accounts = dict(inline)
    documents: dict[tuple[str | int, ...], Locations] = {}
    for path in sorted((directory / folder).glob("*.yml")):
        what, fix = "account files end in .yaml; this one is not read", f"name it {path.stem}.yaml"
        there = Location(str(path.relative_to(directory)))
        problems.append(Problem(what, fix, f"{ACCOUNTS}.{path.stem}", there))
        unread.append((ACCOUNTS, path.stem))
    for path in sorted((directory / folder).glob("*.yaml")):
        at = ("config", ACCOUNTS, path.stem)
        try:
            value, own = _read(path, directory)
        except ProblemsError as error:
            problems += error.problems
            unread.append((ACCOUNTS, path.stem))
            continue
        if path.stem in accounts:
            what = f"account '{path.stem}' stands in the stack file too"
            fix = f"keep one of them; the other is at {locations.of(at)}"
            problems.append(Problem(what, fix, f"{ACCOUNTS}.{path.stem}", own.of(())))
            continue
        accounts[path.stem] = value
        documents[at] = own
    return {**config, ACCOUNTS: accounts}, locations.with_documents(documents)

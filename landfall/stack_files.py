"""Read stack files: `Pulumi.<stack>.yaml` and its account files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from landfall.blueprint import parts
from landfall.problems import Location, Problem, ProblemsError, refuse
from landfall.settings import Stack
from landfall.settings.keys import ACCOUNTS, ACCOUNTS_FOLDER
from landfall.settings.source import Locations, read_yaml
from landfall.validation import parse
from landfall.validation.parsing import secrets

__all__ = ["load", "load_config", "load_located"]

WHOLE: Final = "LANDFALL_WHOLE"
"""The variable that makes the program create a stack that is cut as one."""


def path_of(stack: str, directory: Path) -> Path:
    """Return the path of a stack's file; raises `ProblemsError` (status 2) if it is missing."""
    path = directory / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = sorted(p.name[7:-5] for p in directory.glob("Pulumi.*.yaml"))
        there = f"stacks here: {', '.join(known)}" if known else "this folder has no stack file"
        raise refuse(
            f"there is no {path.name} in {directory.resolve()}", f"{there}; choose one with -s"
        )
    return path


def part_of(pulumi_stack: str, directory: Path) -> tuple[str, str]:
    """Return the stack whose file a Pulumi stack follows, and the name of its part.

    The name is empty for the foundation, and for a stack that is not cut. A stack with a file of
    its own is never a part of another one.
    """
    base, separator, part = pulumi_stack.rpartition(parts.SEPARATOR)
    own = (directory / f"Pulumi.{pulumi_stack}.yaml").is_file()
    if separator and not own and (directory / f"Pulumi.{base}.yaml").is_file():
        return base, part
    return pulumi_stack, ""


def part_named(
    settings: Stack, name: str, environment: Mapping[str, str] = os.environ
) -> parts.Part:
    """Return the part of this name of a stack.

    The variable `LANDFALL_WHOLE` makes a stack that is cut one part, for previews that judge all
    its resources together. Raises `ProblemsError` if the stack has no such part.
    """
    if environment.get(WHOLE) and not name:
        return parts.whole(settings)
    found = parts.named(settings, name)
    if found is None:
        known = ", ".join(each.name for each in parts.parts(settings) if each.name)
        raise refuse(
            f"stack {settings.name} has no part '{name}'",
            f"its parts: {known}" if known else "it is not cut: it has no landfall:fleet",
            exit_status=1,
        )
    return found


def variables_of_part(base: str, directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the engine's variables for a Pulumi stack that follows the stack file of `base`.

    It has no stack file of its own, and so no keys of its secrets beside its state.
    """
    given = environment.get("PULUMI_OPTION_CONFIG_FILE")
    return {
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_OPTION_CONFIG_FILE": given or str(path_of(base, directory)),
    }


def require_whole(settings: Stack, command: str) -> None:
    """Raise `ProblemsError` (status 2) if a stack is cut: the command works on one Pulumi stack."""
    if settings.fleet is not None:
        name = settings.name
        raise refuse(
            f"stack {name} is cut into several Pulumi stacks by landfall:fleet",
            f"in its sandbox: landfall fleet {command} -s {name} --sandbox",
        )


def load(stack: str, directory: Path) -> Stack:
    """Return the settings of a stack from its file.

    Raises `ProblemsError` with every mistake of the file and of the account files.
    """
    return load_located(stack, directory)[0]


def load_located(stack: str, directory: Path) -> tuple[Stack, Locations]:
    """Return the settings of a stack and the location of each; raises as `load` does.

    Paths start with `config`; an account from a separate file is located like the others.
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
    """Return the settings from the engine's config; the file is read only for line numbers.

    `config` maps full keys to decoded values. Raises as `load` does, and if the shell belongs to
    the sandbox of another stack: the engine has then read that stack's file.
    """
    _refuse_another(stack, environment.get("LANDFALL_STACK_FILE", ""))
    path = directory / f"Pulumi.{stack}.yaml"
    locations, given = Locations(path.name), dict(config)
    if path.is_file():
        value, locations = _read(path, directory)
        written = value.get("config") if isinstance(value, dict) else None
        for key, item in written.items() if isinstance(written, dict) else ():
            # The engine decrypts secrets. Keep the encrypted form, so that checks reject it.
            if key in given and any(secrets(item)):
                given[key] = item
    return _parse(stack, given, locations, directory)[0]


def _refuse_another(stack: str, of_sandbox: str) -> None:
    other = Path(of_sandbox).name.removeprefix("Pulumi.").removesuffix(".yaml")
    if of_sandbox and other != stack:
        raise refuse(
            f"this shell belongs to the sandbox of stack {other}: the engine read the settings of"
            f" {other} for stack {stack}",
            f'for the sandbox of {stack}: eval "$(landfall env -s {stack})"; for a real'
            " organization: open a new shell",
        )


def _read(path: Path, directory: Path) -> tuple[Any, Locations]:
    name = str(path.relative_to(directory)) if path.is_relative_to(directory) else str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the file is not valid UTF-8 at byte {error.start}"
        raise ProblemsError([Problem(what, "save it as UTF-8", "", Location(name))]) from None
    except OSError as error:
        what = f"cannot read the file: {error.strerror or error}"
        fix = "check that the file exists and is readable"
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
    """Return the config with the accounts of the folder added, one `<name>.yaml` each.

    Adds problems of the files to `problems`, and the paths that were not added to `unread`.
    """
    folder = Path(config[ACCOUNTS_FOLDER])
    place = locations.of(("config", ACCOUNTS_FOLDER))
    if folder.is_absolute() or ".." in folder.parts or not (directory / folder).is_dir():
        what = f"there is no folder '{folder}' beside the stack file"
        fix = "create it, or write its path relative to the stack file, as in accounts/prod"
        problems.append(Problem(what, fix, ACCOUNTS_FOLDER, place))
        unread.append((ACCOUNTS,))
        return config, locations
    inline = config.get(ACCOUNTS, {})
    if not isinstance(inline, dict):
        return config, locations
    accounts = dict(inline)
    documents: dict[tuple[str | int, ...], Locations] = {}
    for path in sorted((directory / folder).glob("*.yml")):
        what, fix = "account files must end in .yaml", f"rename it to {path.stem}.yaml"
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
            what = f"account '{path.stem}' is also in the stack file"
            fix = f"remove one of them; the other is at {locations.of(at)}"
            problems.append(Problem(what, fix, f"{ACCOUNTS}.{path.stem}", own.of(())))
            continue
        accounts[path.stem] = value
        documents[at] = own
    return {**config, ACCOUNTS: accounts}, locations.with_documents(documents)

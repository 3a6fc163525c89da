"""Write the stack file: checked first, and written atomically."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from landfall.adoption.describing import Left
from landfall.printable import escaped
from landfall.problems import ProblemsError, refuse
from landfall.settings import keys
from landfall.settings.source import read_yaml
from landfall.validation import parse

_HEAD = "# yaml-language-server: $schema=schema/stack.schema.json\n"
_WIDTH = 100
LEFT = "Not adopted, or only in part:"
IN_USE = "In use. When you switch on its setting, `landfall takeover` imports it:"
_UNSURE = re.compile(r"[-+.]?[0-9]|[yYnN]$|[.]")


class _Dumper(yaml.SafeDumper):
    """Write repeated values in full, without YAML anchors, and quote ambiguous text.

    The engine's YAML rules differ from Python's: an account id that starts with 0 and contains an
    8 is text in Python and a number in the engine.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted_if_unsure(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _UNSURE.match(text) else None
    if not text.isprintable():
        style = '"'  # the only style with escapes; the others fold line breaks
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _quoted_if_unsure)


def existing(path: Path, *, force: bool) -> dict[str, Any]:
    """Return the content of an existing stack file; empty if the file is missing.

    Raises `ProblemsError` if it has Landfall settings and `force` is false. A file with only what
    `pulumi stack init` writes is accepted.
    """
    if not path.is_file():
        return {}
    try:
        written = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(f"cannot read the existing {path.name}: {error}", "move the file") from None
    value, _ = read_yaml(written, path.name)
    kept: dict[str, Any] = value if isinstance(value, dict) else {}
    config = kept.get("config")
    own = [key for key in config if _is_own(key)] if isinstance(config, dict) else []
    if own and not force:
        what = f"{path.name} already exists, with {', '.join(sorted(own))}"
        raise refuse(what, "choose another stack with -s, or replace these settings with --force")
    return kept


def text(
    config: Mapping[str, Any],
    left: Iterable[Left],
    kept: Mapping[str, Any],
    in_use: Iterable[Left] = (),
) -> str:
    """Return the stack file's text. Keys of Pulumi and of others in `kept` stay."""
    document = {key: value for key, value in kept.items() if key != "config"}
    others = kept.get("config")
    foreign = others.items() if isinstance(others, dict) else ()
    document["config"] = {**config, **{k: v for k, v in foreign if not _is_own(k)}}
    notes = [*_notes(LEFT, left), *_notes(IN_USE, in_use)]
    body = dumped(document)
    return "".join([_HEAD, *(f"{escaped(line)}\n" for line in notes), body])


def _notes(title: str, lines: Iterable[Left]) -> list[str]:
    notes = [f"#   {kind} {what}: {why}" for kind, what, why in lines]
    return [f"# {title}", *notes] if notes else []


def dumped(document: Mapping[str, Any]) -> str:
    """Return a mapping as YAML that the engine reads like Python."""
    written: str = yaml.dump(
        dict(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=_WIDTH,
    )
    return written


def check(written: str, stack: str, name: str) -> None:
    """Raise a `ProblemsError` if the file would not pass `landfall validate`."""
    value, locations = read_yaml(written, name)
    try:
        parse(value["config"], stack=stack, locations=locations)
    except ProblemsError as error:
        what = f"a stack file cannot express this organization; nothing was written to {name}"
        fix = "see below which values settings reject"
        raise ProblemsError([*refuse(what, fix).problems, *error.problems]) from None


def write(path: Path, written: str) -> None:
    """Write the file atomically: a reader never sees part of it."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            # Apply the user's umask; mkstemp creates files with mode 0600.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise refuse(f"cannot write {path}: {error.strerror}", "nothing was changed") from None


def _is_own(key: Any) -> bool:
    return isinstance(key, str) and (key.startswith(keys.NAMESPACE) or key == keys.REGION)

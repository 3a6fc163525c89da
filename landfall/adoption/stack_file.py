"""Writes the stack file: checked first, whole or not at all."""

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
_UNSURE = re.compile(r"[-+.]?[0-9]|[yYnN]$|[.]")


class _Dumper(yaml.SafeDumper):
    """Repeats values that stand twice, in place of YAML's anchors; quotes what may pass for more.

    The engine reads YAML by other rules than Python: an account's id that starts with 0 and holds
    an 8 is text here and a number there.
    """

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _quoted_if_unsure(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "'" if _UNSURE.match(text) else None
    if not text.isprintable():
        style = '"'  # the one style with escapes; the others fold what they take for line breaks
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _quoted_if_unsure)


def existing(path: Path, *, force: bool) -> dict[str, Any]:
    """Return what stands in a stack file already; nothing where there is none.

    Raises `ProblemsError` where it has settings of this project and `force` does not say to
    replace them. A file that holds no more than `pulumi stack init` writes is no hindrance.
    """
    if not path.is_file():
        return {}
    try:
        written = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(f"{path.name} is there and cannot be read: {error}", "move it away") from None
    value, _ = read_yaml(written, path.name)
    kept: dict[str, Any] = value if isinstance(value, dict) else {}
    config = kept.get("config")
    own = [key for key in config if _is_own(key)] if isinstance(config, dict) else []
    if own and not force:
        what = f"{path.name} is there already, with {', '.join(sorted(own))}"
        raise refuse(what, "choose another stack with -s, or replace these with --force")
    return kept


def text(config: Mapping[str, Any], left: Iterable[Left], kept: Mapping[str, Any]) -> str:
    """Return the stack file. `kept` is what stood in it: keys of Pulumi and of others stay."""
    document = {key: value for key, value in kept.items() if key != "config"}
    others = kept.get("config")
    foreign = others.items() if isinstance(others, dict) else ()
    document["config"] = {**config, **{k: v for k, v in foreign if not _is_own(k)}}
    told = [f"#   {kind} {what}: {why}" for kind, what, why in left]
    if told:
        told = ["# Left alone, or not taken over as a whole:", *told]
    body = yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=_WIDTH,
    )
    return "".join([_HEAD, *(f"{escaped(line)}\n" for line in told), body])


def check(written: str, stack: str, name: str) -> None:
    """Raise a `ProblemsError` where the file would not pass `landfall validate`."""
    value, locations = read_yaml(written, name)
    try:
        parse(value["config"], stack=stack, locations=locations)
    except ProblemsError as error:
        what = f"the organization cannot be written as a stack file; nothing was written to {name}"
        fix = "settings do not allow what AWS has here; each is told below"
        raise ProblemsError([*refuse(what, fix).problems, *error.problems]) from None


def write(path: Path, written: str) -> None:
    """Put the file in place in one step; a reader never sees half of it."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            # As any file that this user makes; temporary ones are for their maker alone.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise refuse(f"{path} cannot be written: {error.strerror}", "nothing was changed") from None


def _is_own(key: Any) -> bool:
    return isinstance(key, str) and (key.startswith(keys.NAMESPACE) or key == keys.REGION)

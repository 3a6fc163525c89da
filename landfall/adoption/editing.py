"""Write `existing` into the text of a stack file; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from landfall.adoption.stack_file import dumped
from landfall.problems import Problem, ProblemsError
from landfall.settings import keys
from landfall.settings.source import read_yaml

Existing = Mapping[str, Mapping[str, str]]

# Tokens with a text of their own; the others only mark the structure.
_CONTENT: Final = (
    yaml.AliasToken,
    yaml.FlowMappingEndToken,
    yaml.FlowSequenceEndToken,
    yaml.ScalarToken,
    yaml.ValueToken,
)


def with_existing(text: str, existing: Existing, name: str) -> str:
    """Return the text of a stack file with `landfall:adopted.existing` set.

    Rewrites only the key `landfall:adopted`, and adds it at the end of `config` if it is missing.

    Raises:
        ProblemsError: the file cannot be edited; the error has the text to insert (status 2).

    """
    value, _ = read_yaml(text, name)
    config = dict(value["config"])
    before = config.get(keys.ADOPTED) or {}
    after = {**before, "existing": {kind: dict(ids) for kind, ids in existing.items()}}
    written = _replaced(text, {keys.ADOPTED: after})
    if written is not None:
        again, _ = read_yaml(written, name)
        if again == {**value, "config": {**config, keys.ADOPTED: after}}:
            return written
    block = dumped({keys.ADOPTED: after})
    what = f"{name} is not in a form that can be edited"
    fix = f"write config: as a block, or add this to it:\n{block}"
    raise ProblemsError([Problem(what, fix)], exit_status=2)


def _replaced(text: str, entry: Mapping[str, Any]) -> str | None:
    """Return the text with `entry` in the mapping `config`; None if that is not a block."""
    config = _value_of(yaml.compose(text, Loader=yaml.SafeLoader), "config")
    if not isinstance(config, yaml.MappingNode) or config.flow_style or not config.value:
        return None
    indent = " " * config.start_mark.column
    block = "".join(f"{indent}{line}\n" for line in dumped(entry).splitlines())
    (own,) = entry
    for key, held in config.value:
        if key.value == own:
            start = key.start_mark.index - key.start_mark.column
            end = _line_end(text, _end(text, key.start_mark.index, held.end_mark.index))
            return text[:start] + block + text[end:]
    end = _line_end(text, _end(text, config.start_mark.index, config.end_mark.index))
    line_break = "" if text[:end].endswith("\n") else "\n"
    return text[:end] + line_break + block + text[end:]


def _value_of(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _end(text: str, start: int, end: int) -> int:
    """Return the end of the last content between two indexes.

    The end of a node includes the comments after it.
    """
    ends: list[int] = [
        token.end_mark.index
        for token in yaml.scan(text, Loader=yaml.SafeLoader)
        if isinstance(token, _CONTENT) and start <= token.start_mark.index < end
    ]
    return max(ends)


def _line_end(text: str, index: int) -> int:
    """Return the index after the line of `index`; the end of a block text is such an index."""
    if text[:index].endswith("\n"):
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1

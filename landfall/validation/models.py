"""Find the model for a path in a document, for hints about unknown keys."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from landfall.settings.base import Settings
from landfall.settings.source import Path


def model_at(model: type[Settings], path: Path, value: Any) -> type[Settings]:
    """Return the model of the mapping at `path` below `model`, or the nearest enclosing one."""
    current: Any = model
    found = model
    for part in path:
        if isinstance(part, str):
            current = _alone(current, value)
        value = item_of(value, part)
        if isinstance(current, type) and issubclass(current, Settings):
            field = next((f for n, f in current.model_fields.items() if part in (f.alias, n)), None)
            current = field.annotation if field else None
        else:
            current = _inner(current)
        current = _chosen(current, value)
        one = _alone(current, value) if isinstance(value, Mapping) else current
        if isinstance(one, type) and issubclass(one, Settings):
            found = one
    return found


def item_of(value: Any, part: str | int) -> Any:
    """Return what a mapping or a list holds at a key or an index; None if it holds nothing."""
    if isinstance(value, Mapping):
        return value.get(part)
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _alone(annotation: Any, value: Any) -> Any:
    """Return the annotation of a value that stands for a list of one."""
    while typing.get_origin(annotation) is tuple:
        annotation = _chosen(_inner(annotation), value)
    return annotation


def _inner(annotation: Any) -> Any:
    arguments = [a for a in typing.get_args(annotation) if a not in (Ellipsis, type(None))]
    return arguments[-1] if arguments else None


def _chosen(annotation: Any, value: Any) -> Any:
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation
    options = [
        _chosen(option, value) for option in typing.get_args(annotation) if option is not type(None)
    ]
    keys = set(value) if isinstance(value, Mapping) else set()

    def shared(option: Any) -> tuple[bool, int, bool]:
        fields = getattr(option, "model_fields", {})
        names = [field.alias or name for name, field in fields.items()]
        # The kinds of a union are told apart by the first key of each; only a model is a mapping.
        first = bool(names) and names[0] in keys
        return first, len(keys.intersection(names)), isinstance(value, Mapping) and bool(names)

    return max(options, key=shared, default=None)

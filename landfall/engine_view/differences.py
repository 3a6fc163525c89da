"""The properties that an update changes, one line each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landfall.engine.events import Step

Difference = tuple[str, str]
"""The path of a property, and its change."""

# Pulumi SDK markers for unknown and secret values (sdk/go/common/resource).
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "[secret]"  # noqa: S105
_LATER: Final = "(known after update)"
_ABSENT: Final = object()
_INTERNAL: Final = frozenset({"__defaults", "__internal", "tagsAll"})
_PART: Final = re.compile(r"[^.\[\]\"]+")
_LONGEST: Final = 96


def of(step: Step) -> list[Difference]:
    """Return the changed inputs of an update or a replacement.

    If AWS's value differs from the state, for example after a manual change, the engine's own list
    of properties leads to it. Properties that the provider lists without a difference are omitted.
    """
    old, new = step.old.get("inputs") or {}, step.new.get("inputs") or {}
    found = list(_between("", old, new))
    told = {top(path) for path, _ in found}
    outputs = step.old.get("outputs") or {}
    for path in step.detailed:
        if top(path) not in told and top(path) not in _INTERNAL:
            before, after = _at(outputs, path), _at(new, path)
            if _plain(before) != _plain(after):
                found += _between(path, before, after)
    return found or [_computed(step)]


def _computed(step: Step) -> Difference:
    if any(top(path) == "tagsAll" for path in step.detailed):
        return "tagsAll", "follows the default tags"
    return "(computed)", "values computed by the provider"


def _at(value: Any, path: str) -> Any:
    """Return the value at a path such as `stages[0].name`, or `_ABSENT`."""
    for part in _PART.findall(path):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return _ABSENT
    return value


def _plain(value: Any) -> Any:
    """Return a value for comparison: without empty parts, and with sorted lists."""
    if value is _ABSENT or value in (None, "", 0, False):
        return None
    if isinstance(value, Mapping):
        kept = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in sorted(kept.items()) if item is not None} or None
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=repr) or None
    return value


def top(path: str) -> str:
    """Return the top-level property of a path."""
    return path.split(".")[0].split("[")[0]


def _between(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if _is_secret(old) or _is_secret(new):
        yield path, f"{_SECRET} changes" if _is_secret(old) and _is_secret(new) else _SECRET
        return
    if isinstance(old, str) and isinstance(new, str):
        texts = _document(old), _document(new)
        if texts[0] is not None and texts[1] is not None:
            yield from _between(path, *texts)
            return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            if key not in _INTERNAL:
                place = f"{path}.{key}" if path else str(key)
                yield from _between(place, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(path, old, new)
    else:
        yield path, _change(old, new)


def _of_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    if all(not isinstance(each, Mapping | list) for each in (*old, *new)):
        gone = [f"- {_shown(each)}" for each in old if each not in new]
        come = [f"+ {_shown(each)}" for each in new if each not in old]
        yield path, _cut(", ".join([*gone, *come])) or "order changes"
    elif len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from _between(f"{path}[{number}]", *pair)
    else:
        yield from ((f"{path}[-]", f"- {_shown(each)}") for each in old if each not in new)
        yield from ((f"{path}[+]", f"+ {_shown(each)}") for each in new if each not in old)


def _change(old: Any, new: Any) -> str:
    if old is _ABSENT:
        return f"+ {_shown(new)}"
    if new is _ABSENT:
        return f"- {_shown(old)}"
    return f"{_shown(old)} -> {_shown(new)}"


def _document(text: str) -> Any:
    """Return the value of a property that is a JSON object or list as text, otherwise None."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_secret(value: Any) -> bool:
    return value == _SECRET or (isinstance(value, Mapping) and _SIGNATURE in value)


def _shown(value: Any) -> str:
    if value == _UNKNOWN:
        return _LATER
    if isinstance(value, str):
        return _cut(value if value.isprintable() and value else json.dumps(value))
    text = json.dumps(_bare(value), ensure_ascii=False)
    return _cut(text.replace(f'"{_UNKNOWN}"', _LATER))


def _bare(value: Any) -> Any:
    """Return a value without the engine's markers, with secrets inside it replaced."""
    if _is_secret(value):
        return _SECRET
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if key not in _INTERNAL}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

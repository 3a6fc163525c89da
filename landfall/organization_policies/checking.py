"""Compare a document with the grammar of its type, and report every mistake with its path."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from landfall.organization_policies.faults import Fault, Path, Wrong
from landfall.organization_policies.grammar import (
    APPEND,
    ASSIGN,
    FOR_CHILDREN,
    REMOVE,
    Form,
    Group,
    Node,
    Setting,
)
from landfall.printable import shortened
from landfall.settings.suggestions import suggestion

_OPERATORS: Final = (ASSIGN, APPEND, REMOVE)
_WHOLE: Final = re.compile(r"-?\d{1,18}")


def checked(
    document: Mapping[str, Any], grammar: Group, regions: Collection[str]
) -> Iterator[Wrong]:
    """Yield the mistakes of a document; `regions` are all that exist, none if unknown."""
    yield from _Check(regions).group(document, grammar, ())


class _Check:
    def __init__(self, regions: Collection[str]) -> None:
        self._regions = regions

    def node(self, value: object, node: Node, path: Path) -> Iterator[Wrong]:
        if isinstance(node, Group):
            yield from self.group(value, node, path)
        else:
            yield from self.setting(value, node, path)

    def group(self, value: object, group: Group, path: Path) -> Iterator[Wrong]:
        if not isinstance(value, Mapping):
            yield _typed(path, value, "an object", _keys_of(group))
            return
        own = {key: each for key, each in value.items() if key != FOR_CHILDREN}
        if len(own) < group.least:
            yield Wrong(path, "the object is empty", _keys_of(group), Fault.MISSING_KEY)
        named = [key for key in own if key not in group.keys and not _is_operator(key)]
        if group.most is not None and len(named) > group.most:
            what = f"{len(named)} are listed, but AWS allows {group.most}"
            yield Wrong(path, what, "remove some of them", Fault.TOO_MANY)
        yield from _missing(own, group, path)
        for key, each in value.items():
            yield from self._member(str(key), each, group, (*path, key))

    def _member(self, key: str, value: object, group: Group, path: Path) -> Iterator[Wrong]:
        if key == FOR_CHILDREN:
            yield from _for_children(value, group.for_children, path)
        elif key in group.keys:
            yield from self.node(value, group.keys[key], path)
        elif _is_operator(key):
            yield _misplaced(key, group, path)
        elif group.named is None:
            yield _unknown(key, group.keys, path)
        else:
            if not group.names.pattern.fullmatch(key) and key not in group.names.choices:
                fix = f"write {group.names.meaning}"
                yield Wrong(
                    path, f"{_shown(key)} is not a valid name here", fix, Fault.INVALID_VALUE
                )
            elif group.names.is_region:
                yield from self._region(key, group.names, path)
            yield from self.node(value, group.named, path)

    def setting(self, value: object, setting: Setting, path: Path) -> Iterator[Wrong]:
        example = f"write {{'{ASSIGN}': {_example(setting)}}}"
        if not isinstance(value, Mapping):
            yield _typed(path, value, "an object with an inheritance operator", example)
            return
        if not any(key in _OPERATORS for key in value) and FOR_CHILDREN not in value:
            what = "the setting has no inheritance operator"
            yield Wrong(path, what, example, Fault.MISSING_KEY)
        for key, each in value.items():
            here = (*path, key)
            if key == FOR_CHILDREN:
                yield from _for_children(each, setting.for_children, here)
            elif key in setting.operators:
                yield from self._operand(each, setting, here)
            elif key in _OPERATORS:
                allowed = " or ".join(setting.operators)
                reason = "this setting" if setting.listed else "a setting with a single value"
                what = f"{reason} does not support {key}"
                yield Wrong(here, what, f"write {allowed}", Fault.UNSUPPORTED)
            else:
                yield _unknown(str(key), (*setting.operators, FOR_CHILDREN), here)

    def _operand(self, value: object, setting: Setting, path: Path) -> Iterator[Wrong]:
        if not setting.listed:
            yield from self._value(value, setting.form, path)
            return
        if not isinstance(value, list | tuple):
            yield _typed(path, value, "a list", f"write [{_example_of(setting.form)}]")
            return
        if setting.most is not None and len(value) > setting.most:
            what = f"{len(value)} are listed, but AWS allows {setting.most}"
            yield Wrong(path, what, "remove some of them", Fault.TOO_MANY)
        for index, item in enumerate(value):
            yield from self._value(item, setting.form, (*path, index))

    def _value(self, value: object, form: Form, path: Path) -> Iterator[Wrong]:
        fix = f"write {form.meaning}"
        if form.is_flag:
            if value not in ("true", "false") and not isinstance(value, bool):
                yield Wrong(path, f"{_shown(value)} is not true or false", fix, Fault.INVALID_VALUE)
        elif form.numbers is not None:
            yield from _number(value, form.numbers, fix, path)
        elif not isinstance(value, str):
            yield _typed(path, value, "a text", fix)
        elif form.is_region and value not in form.choices:
            yield from self._region(value, form, path)
        elif form.choices and value not in form.choices:
            fix = suggestion(value, form.choices)
            yield Wrong(path, f"{_shown(value)} is not a choice here", fix, Fault.UNKNOWN_CHOICE)
        elif not form.choices and not form.pattern.fullmatch(value):
            yield Wrong(path, f"{_shown(value)} is invalid here", fix, Fault.INVALID_VALUE)

    def _region(self, value: str, form: Form, path: Path) -> Iterator[Wrong]:
        if value in form.choices:
            return
        if not form.pattern.fullmatch(value):
            fix = f"write {form.meaning}"
            yield Wrong(path, f"{_shown(value)} is not a region", fix, Fault.INVALID_VALUE)
        elif self._regions and value not in self._regions:
            fix = suggestion(value, self._regions)
            yield Wrong(path, f"there is no region {_shown(value)}", fix, Fault.UNKNOWN_CHOICE)


def _missing(own: Mapping[Any, Any], group: Group, path: Path) -> Iterator[Wrong]:
    for key in group.required:
        if key not in own:
            yield Wrong(path, f"'{key}' is missing", f"add {key}:", Fault.MISSING_KEY)
    assigned = [key for key in group.together if _assigns(own.get(key))]
    for key in group.together if assigned else ():
        if key not in own:
            what = f"'{key}' is missing; AWS requires it beside '{assigned[0]}'"
            yield Wrong(path, what, f"add {key}: {{'{ASSIGN}': []}}", Fault.MISSING_KEY)


def _assigns(value: object) -> bool:
    return isinstance(value, Mapping) and ASSIGN in value


def _for_children(value: object, allowed: Collection[str], path: Path) -> Iterator[Wrong]:
    if not isinstance(value, list | tuple) or not value:
        yield _typed(path, value, "a list of operators", "write ['@@none'], or ['@@all']")
        return
    for index, each in enumerate(value):
        if each not in allowed:
            what = f"{_shown(each)} is not an operator for child policies here"
            fix = suggestion(str(each), allowed)
            yield Wrong((*path, index), what, fix, Fault.UNKNOWN_CHOICE)


def _number(value: object, limits: tuple[int, int], fix: str, path: Path) -> Iterator[Wrong]:
    written = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _WHOLE.fullmatch(written):
        yield Wrong(path, f"{_shown(value)} is not a whole number", fix, Fault.WRONG_TYPE)
    elif not limits[0] <= int(written) <= limits[1]:
        yield Wrong(path, f"{_shown(value)} is out of range", fix, Fault.INVALID_VALUE)


def _is_operator(key: object) -> bool:
    return isinstance(key, str) and key.startswith("@@")


def _misplaced(key: str, group: Group, path: Path) -> Wrong:
    if key not in _OPERATORS:
        return _unknown(key, (*_OPERATORS, FOR_CHILDREN), path)
    what = f"{key} belongs to a setting, but this is a group of settings"
    return Wrong(path, what, f"move it into a setting below; {_keys_of(group)}", Fault.UNSUPPORTED)


def _unknown(key: str, known: Collection[str], path: Path) -> Wrong:
    what = f"{_shown(key)} is not a known key here"
    return Wrong(path, what, suggestion(key, known), Fault.UNKNOWN_KEY)


def _typed(path: Path, value: object, expected: str, fix: str) -> Wrong:
    kinds = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "a flag"}
    kind = kinds.get(type(value), "nothing" if value is None else "a number")
    return Wrong(path, f"this is {kind}, not {expected}", fix, Fault.WRONG_TYPE)


def _keys_of(group: Group) -> str:
    known = [*group.keys, *([group.names.meaning] if group.named is not None else [])]
    return f"the keys here are: {', '.join(known)}"


def _example(setting: Setting) -> str:
    return f"[{_example_of(setting.form)}]" if setting.listed else _example_of(setting.form)


def _example_of(form: Form) -> str:
    if form.choices:
        return form.choices[0]
    if form.numbers:
        return f"'{max(form.numbers[0], 1)}'"
    return "'true'" if form.is_flag else "…"


def _shown(value: object) -> str:
    return f"'{shortened(str(value), 60)}'"

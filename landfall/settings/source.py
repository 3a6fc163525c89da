"""Parse stack files to values and their line numbers. Pure: text in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from landfall.problems import Location, Problem, ProblemsError

Path = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Far beyond any stack file; bounds recursion in libyaml and Python.
MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 40
MAX_VALUES = 500_000

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
# Text in YAML 1.1, for example an account id with a leading 0 and an 8 or 9; a number to Go's
# reader (gopkg.in/yaml.v3, resolve.go).
_NUMBER_ELSEWHERE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?0o[0-7]+")
_CONSTRUCTED = frozenset(f"tag:yaml.org,2002:{name}" for name in ("float", "int", "timestamp"))


@dataclass(frozen=True, slots=True)
class Locations:
    """The location of each value of a document, by its path of keys and indices."""

    file: str
    places: Mapping[Path, Location] = field(default_factory=dict)

    def of(self, path: Path) -> Location:
        """Return the location of `path`, or of the nearest enclosing value."""
        for length in range(len(path), -1, -1):
            place = self.places.get(path[:length])
            if place:
                return place
        return Location(self.file)

    def with_documents(self, others: Mapping[Path, Locations]) -> Locations:
        """Return these locations merged with those of other documents, each under its path."""
        places = dict(self.places)
        for prefix, other in others.items():
            places.update((prefix + path, place) for path, place in other.places.items())
        return Locations(self.file, places)


def dotted(path: Path) -> str:
    """Return a path as text: `landfall:accounts.audit.email`, `principals[0].role`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(text: str, file: str) -> tuple[Any, Locations]:
    """Return the document's plain values and their locations; `None` for an empty document.

    Resolves anchors and merge keys. Raises `ProblemsError` with the location of a syntax error,
    or with every key that is repeated or not a text.
    """
    if len(text) > MAX_CHARACTERS:
        raise ProblemsError([_unreadable(f"it has over {MAX_CHARACTERS} characters", file)])
    try:
        forbidden = list(_events(_Loader(text), file))
        if forbidden:
            raise ProblemsError(forbidden)
        loader = _Loader(text)
        root = loader.get_single_node()
        walk = _Walk(file, loader)
        if root is not None:
            walk.value(root, (), 0)
        if walk.problems:
            raise ProblemsError(walk.problems)
        value = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise ProblemsError([_syntax(error, text, file)]) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ProblemsError([_unreadable(" ".join(str(error).split()), file)]) from None
    return value, Locations(file, walk.places)


def _events(loader: Any, file: str) -> Iterator[Problem]:
    """Yield reasons not to compose the document: the composer recurses and runs tags."""
    depth = 0
    while loader.check_event():
        event = loader.get_event()
        place = Location(file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            what = f"nesting is deeper than {MAX_DEPTH} levels"
            yield Problem(what, "use fewer levels", location=place)
            return
        if getattr(event, "tag", None) is not None:
            what = f"the tag {str(event.tag)[:40]!r} is not allowed in settings"
            yield Problem(what, "remove it; put texts in quotes", location=place)


def _unreadable(why: str, file: str) -> Problem:
    return Problem(f"cannot read the file: {why}", "write it as plain YAML", "", Location(file))


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark, began = error.problem_mark or error.context_mark, error.context_mark
    lines = text.splitlines() or [""]
    # An unclosed bracket or quote is reported after the last line.
    number = min(mark.line, len(lines) - 1) if mark else 0
    place = Location(file, number + 1, mark.column + 1) if mark else Location(file)
    line = lines[number]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Problem("the indentation has a tab", "indent with spaces", "", place)
    said = ": ".join(part for part in (error.context, error.problem) if part)
    fix = "check indentation, brackets and quotes; quote texts with ': ' or a leading @ * & !"
    if mark and began and began.line != number:
        fix = f"it starts on line {began.line + 1}; {fix}"
    return Problem(f"invalid YAML: {said}", fix, "", place)


class _Walk:
    """Collect the locations of all values of a composed document, and the mistakes in its keys."""

    def __init__(self, file: str, loader: Any) -> None:
        self.file = file
        self._loader = loader
        self.places: dict[Path, Location] = {}
        self.problems: list[Problem] = []
        self._values = 0
        self._full = False

    def value(self, node: yaml.Node, path: Path, depth: int) -> None:
        """Visit a value and its children. Follows aliases, so depth and count are both bounded."""
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            if not self._full:
                what = "aliases expand to too many values"
                self._refuse(what, "write the values out", (), self._place(node))
            self._full = True
        if self._full:
            return
        self.places.setdefault(path, self._place(node))
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, path, depth)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.value(item, (*path, index), depth + 1)
        elif isinstance(node, yaml.ScalarNode) and node.tag in _CONSTRUCTED:
            self._scalar(node, path)
        elif isinstance(node, yaml.ScalarNode) and node.tag == _TEXT and not _is_text(node):
            what = f"'{node.value[:40]}' is a number in YAML 1.2, which the engine reads"
            self._refuse(what, "put it in quotes", path, self._place(node))

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> None:
        try:
            value = self._loader.construct_object(node)
        except (ValueError, OverflowError):
            value = None
        if value is None or (isinstance(value, int) and value.bit_length() > 63):
            what = f"'{node.value[:40]}' is not a valid YAML date or number"
            self._refuse(what, "put it in quotes, or correct it", path, self._place(node))

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> None:
        lines: dict[str, int] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if key_node.tag == _MERGE:
                merged.append(value_node)
                continue
            if not isinstance(key_node, yaml.ScalarNode) or not _is_text(key_node):
                shown = f"'{key_node.value[:40]}'" if isinstance(key_node, yaml.ScalarNode) else ""
                what = f"a key must be a text, but YAML reads {shown or 'this'} as another type"
                self._refuse(what, "put it in quotes", path, place)
                continue
            key = key_node.value
            here = (*path, key)
            if key in lines:
                fix = f"the first is on line {lines[key]}; keep one of them"
                self._refuse(f"'{key[:80]}' is repeated", fix, here, place)
            lines.setdefault(key, place.line)
            self.places.setdefault(here, place)
            self.value(value_node, here, depth + 1)
        for source in merged:
            sources = source.value if isinstance(source, yaml.SequenceNode) else [source]
            for item in sources:
                if isinstance(item, yaml.MappingNode):
                    self.value(item, path, depth + 1)

    def _place(self, node: yaml.Node) -> Location:
        mark = node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def _refuse(self, what: str, fix: str, path: Path, place: Location) -> None:
        self.problems.append(Problem(what, fix, dotted(path), place))


def _is_text(node: yaml.ScalarNode) -> bool:
    """Return whether every YAML reader reads a value as text: quoted, or not like a number."""
    return node.tag == _TEXT and not (
        node.style in (None, "") and _NUMBER_ELSEWHERE.fullmatch(node.value)
    )

"""Stack files as text: values and the line that each came from. Pure: text in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from landfall.problems import Location, Problem, ProblemsError

Path = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Locations:
    """Where each value of a document stands, by its path of keys and indices."""

    file: str
    places: Mapping[Path, Location] = field(default_factory=dict)

    def of(self, path: Path) -> Location:
        """Return the place of `path`, or of the nearest value around it."""
        for length in range(len(path), -1, -1):
            place = self.places.get(path[:length])
            if place:
                return place
        return Location(self.file)

    def with_document(self, prefix: Path, other: Locations) -> Locations:
        """Return these locations with those of another document put in under `prefix`."""
        moved = {prefix + path: place for path, place in other.places.items()}
        return Locations(self.file, {**self.places, **moved})


def dotted(path: Path) -> str:
    """Write a path as people do: `landfall:accounts.audit.email`, `principals[0].role`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(text: str, file: str) -> tuple[Any, Locations]:
    """Return the document's plain values and where they stand.

    Raises `ProblemsError` with every duplicate key, or with the place of a syntax error.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        value = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Location(file, mark.line + 1, mark.column + 1) if mark else Location(file)
        what = "this is not YAML: " + " ".join(
            part for part in (error.context, error.problem) if part
        )
        fix = "indent with spaces, quote texts that hold ': ' or start with a special character"
        raise ProblemsError([Problem(what, fix, location=place)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ProblemsError(
            [Problem(f"this is not YAML: {error}", location=Location(file))]
        ) from None
    places: dict[Path, Location] = {}
    problems: list[Problem] = []
    if root is not None:
        _walk(root, (), file, places, problems, 0)
    if problems:
        raise ProblemsError(problems)
    return value, Locations(file, places)


def _walk(
    node: yaml.Node,
    path: Path,
    file: str,
    places: dict[Path, Location],
    problems: list[Problem],
    depth: int,
) -> None:
    mark = node.start_mark
    places.setdefault(path, Location(file, mark.line + 1, mark.column + 1))
    if depth > 50:
        problems.append(
            Problem("nested deeper than 50 levels", path=dotted(path), location=places[path])
        )
        return
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            here = Location(file, line, key_node.start_mark.column + 1)
            if key in seen and key != "<<":
                problems.append(
                    Problem(
                        f"'{key}' stands here a second time",
                        f"the first is on line {seen[key]}; keep one of them",
                        dotted((*path, key)),
                        here,
                    )
                )
            seen.setdefault(key, line)
            places.setdefault((*path, key), here)
            _walk(value_node, (*path, key), file, places, problems, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*path, index), file, places, problems, depth + 1)

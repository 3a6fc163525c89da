"""Read YAML files of an application, and collect every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a file, in which line."""

    line: int
    message: str


def composed(text: str) -> tuple[yaml.Node | None, list[Mistake]]:
    """Return the root node of a text, which is YAML or JSON, or why it is neither."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader), []
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        return None, [Mistake(line, f"invalid YAML: {error.problem}")]
    except yaml.YAMLError as error:
        return None, [Mistake(1, f"invalid YAML: {error}")]


class Reader:
    """Reads nodes, and collects mistakes with their lines."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def members(
        self, node: yaml.Node | None, known: tuple[str, ...] | None, where: str
    ) -> dict[str, yaml.Node]:
        """Return the members of a mapping; None for `known` accepts every key."""
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{where} must be a mapping")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if known is not None and name not in known:
                close = get_close_matches(name, known, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                self.wrong(key, f"{where} has no '{name}'{hint}")
                continue
            found[name] = value
        return found

    def text(self, node: yaml.Node | None) -> str:
        """Return the text of a scalar; empty without a node."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, "a text is expected here")
            return ""
        return str(node.value)

    def texts(self, node: yaml.Node | None, where: str) -> tuple[str, ...]:
        """Return the texts of a list, or of one scalar."""
        if node is None:
            return ()
        if isinstance(node, yaml.ScalarNode):
            return (str(node.value),) if node.value else ()
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{where} must be a list")
            return ()
        each: Callable[[Any], str] = self.text
        return tuple(map(each, node.value))

    def wrong(self, node: yaml.Node | None, message: str) -> None:
        """Keep a mistake at the line of a node."""
        line = 1 if node is None else node.start_mark.line + 1
        self.mistakes.append(Mistake(line, message))

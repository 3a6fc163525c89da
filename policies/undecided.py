"""Rules that wait for values known only during the update, summarized in a few lines."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable

from policies.rules import Rule
from policies.values import Resource

_NAMES_SHOWN = 3

# A rule, the resource it checks, and the path of the property it waits for.
Waiting = tuple[Rule, Resource, str]


class Undecided:
    """Collects undecided rules, and summarizes them by type and property."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []

    def add(self, rule: Rule, resource: Resource, property: str) -> None:
        """Record that a rule waits for a property."""
        with self._lock:
            self._waiting.append((rule, resource, property))

    def settle(self, decided: Callable[[Waiting], bool]) -> list[Waiting]:
        """Remove what has turned out to be right; return the rest."""
        with self._lock:
            self._waiting = [each for each in self._waiting if not decided(each)]
            return list(self._waiting)

    def rules(self) -> set[str]:
        """Return the ids of the rules that wait for something."""
        with self._lock:
            return {rule.id for rule, _, _ in self._waiting}

    def take(self) -> list[str]:
        """Return one line per type and property, and clear the collection."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        groups: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(
            lambda: (set(), set())
        )
        for rule, resource, property in waiting:
            shown = re.sub(r"(?<=\.)\d+(?=\.|$)", "*", property)
            rules, names = groups[resource.type, shown]
            rules.add(rule.id)
            names.add(resource.name)
        return [_line(*key, rules, names) for key, (rules, names) in sorted(groups.items())]


def _line(type_: str, property: str, rules: set[str], names: set[str]) -> str:
    shown = ", ".join(sorted(names)[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    listed = f"{shown} and {more} more" if more > 0 else shown
    short = type_.removeprefix("aws:").rsplit(":", 1)[0]
    return f"{property} of {short} ({listed}) waits for {', '.join(sorted(rules))}"

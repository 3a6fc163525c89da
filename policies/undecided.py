"""Verdicts that wait for values known only during the update, told in a few lines."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator

from policies.rules import Rule
from policies.values import Resource

_NAMES_SHOWN = 3


class Undecided:
    """Collects what could not be decided; told by kind of resource and property, not one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], tuple[set[str], set[str]]] = defaultdict(
            lambda: (set(), set())
        )

    def add(self, rule: Rule, resource: Resource, property: str) -> None:
        """Note that a rule waits for a property."""
        with self._lock:
            shown = re.sub(r"(?<=\.)\d+(?=\.|$)", "*", property)
            rules, names = self._waiting[resource.type, shown]
            rules.add(rule.id)
            names.add(resource.name)

    def rules(self) -> set[str]:
        """Return the ids of the rules that wait for something."""
        with self._lock:
            return {id for rules, _ in self._waiting.values() for id in rules}

    def take(self) -> Iterator[str]:
        """Yield one line per type and property, and forget them."""
        with self._lock:
            waiting, self._waiting = dict(self._waiting), defaultdict(lambda: (set(), set()))
        for (type_, property), (rules, names) in sorted(waiting.items()):
            shown = ", ".join(sorted(names)[:_NAMES_SHOWN])
            more = len(names) - _NAMES_SHOWN
            listed = f"{shown} and {more} more" if more > 0 else shown
            short = type_.removeprefix("aws:").rsplit(":", 1)[0]
            yield f"{property} of {short} ({listed}) waits for {', '.join(sorted(rules))}"

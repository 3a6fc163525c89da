"""The level at which a rule is enforced: its own, or the stack's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from policies.rules import Rule, find

Enforced = Literal["mandatory", "advisory", "disabled"]

OF_PACK = "LF-PACK-"
_WEIGHT = {"mandatory": 2, "advisory": 1, "disabled": 0}


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels that the stack sets, by rule id."""

    given: Mapping[str, str] = field(default_factory=dict)

    def of(self, rule: Rule) -> Enforced:
        """Return a rule's level; an invalid level counts as not set."""
        level = self.given.get(rule.id, rule.level)
        return level if level in get_args(Enforced) else rule.level  # type: ignore[return-value]

    def problems(self) -> list[str]:
        """Return what is wrong with the levels given."""
        found = []
        for id, level in self.given.items():
            if find(id) is None:
                found.append(f"{id} is not a rule of this pack")
            elif id.startswith(OF_PACK):
                found.append(f"{id} is about the pack itself and cannot be changed")
            elif level not in get_args(Enforced):
                found.append(f"the level of {id} is none of {', '.join(get_args(Enforced))}")
        return found

    def lowered(self) -> list[str]:
        """Return the ids and levels of rules that the stack enforces below their own level."""
        found = []
        for id in sorted(self.given):
            rule = find(id)
            if rule is not None and _WEIGHT[self.of(rule)] < _WEIGHT[rule.level]:
                found.append(f"{id} ({self.of(rule)})")
        return found

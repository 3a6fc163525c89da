"""Rules of the pack's own settings and waivers, reported like other findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landfall.rules import Level, Severity
from policies.levels import Levels
from policies.rules import REGISTRY, Rule
from policies.settings import Settings
from policies.waivers import Waiver, Waivers


def _of_pack(id: str, title: str, fix: str, severity: Severity, level: Level) -> Rule:
    return REGISTRY.add(Rule(id, title, severity, fix, (), level, scope="stack"))


SETTINGS = _of_pack(
    "LF-PACK-001",
    "the pack's settings and waivers can be read",
    "Correct the stack's policies: settings, or the file of waivers.",
    Severity.HIGH,
    "mandatory",
)
EXPIRED = _of_pack(
    "LF-PACK-002",
    "no waiver has expired",
    "Fix the resource and remove the waiver, or renew it after a review.",
    Severity.HIGH,
    "mandatory",
)
UNUSED = _of_pack(
    "LF-PACK-003",
    "every waiver is used",
    "Remove it if no resource needs it.",
    Severity.LOW,
    "advisory",
)
LOWERED = _of_pack(
    "LF-PACK-004",
    "rules are enforced at their own level",
    "Check that policies:levels is still justified.",
    Severity.LOW,
    "advisory",
)


def mandatory(settings: Settings, levels: Levels, waivers: Waivers) -> Iterator[tuple[Rule, str]]:
    """Yield mandatory findings."""
    for problem in (*settings.problems, *levels.problems(), *waivers.problems):
        yield SETTINGS, problem
    for waiver in waivers.expired:
        told = f"the waiver of {waiver.rule} for {waiver.resource}, owned by {waiver.owner}"
        yield EXPIRED, f"{told}, expired on {waiver.expires}"


def advisory(levels: Levels, unused: Iterable[Waiver]) -> Iterator[tuple[Rule, str]]:
    """Yield advisory findings."""
    for waiver in unused:
        yield UNUSED, f"the waiver of {waiver.rule} for {waiver.resource} matched no finding"
    lowered = levels.lowered()
    if lowered:
        yield LOWERED, f"this stack lowers the level of {', '.join(lowered)}"

"""Print the changes of a preview: updates in full, many additions and deletions as counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from landfall.engine.events import STACK_TYPE, Step
from landfall.engine_view import differences, words
from landfall.engine_view.differences import Difference

Place = Callable[[str, str], str]
"""Maps a resource's URN and a property to `file:line` of the setting; empty if unknown."""

_MOST_KINDS: Final = 8
_MOST_GROUPS: Final = 20
_MOST_PROPERTIES: Final = 12
_MOST_PLACES: Final = 3


def lines(
    steps: Collection[Step], concern: Callable[[str], str], place: Place, *, brief: bool = False
) -> Iterator[str]:
    """Yield the changes by risk: deletions, replacements, updates, imports, additions.

    `brief` omits the additions, for a stack in which everything is new.
    """
    shown = [step for step in steps if step.type != STACK_TYPE and step.changes]
    of = defaultdict(list)
    # The order of the engine's events differs from run to run.
    for step in sorted(shown, key=lambda each: (each.kind, each.name, each.urn)):
        of[step.operation].append(step)
    yield from _counted("-", "delete", of["delete"], concern)
    yield from _in_full("±", "replace", of["replace"], place)
    yield from _in_full("~", "update", of["update"], place)
    yield from _counted(">", "import", of["import"], concern)
    if not brief:
        yield from _counted("+", "create", of["create"], concern)


def _counted(
    mark: str, verb: str, steps: list[Step], concern: Callable[[str], str]
) -> Iterator[str]:
    """Yield a line for each type, or for each concern if there are many types."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        kinds[step.kind].append(step.name)
    if len(kinds) <= _MOST_KINDS:
        for kind, names in kinds.items():
            yield f"{mark} {verb} {_number(names)}{kind}: {words.some(names)}"
        return
    concerns: dict[str, Counter[str]] = defaultdict(Counter)
    for step in steps:
        concerns[concern(step.urn)][step.kind] += 1
    for name, found in concerns.items():
        listed = [f"{count} {kind}" for kind, count in found.most_common()]
        yield f"{mark} {verb} {found.total():,} in {name}: {words.kinds(listed)}"


def _in_full(mark: str, verb: str, steps: Iterable[Step], place: Place) -> Iterator[str]:
    """Yield the differences of each step; steps with equal differences are merged."""
    groups: dict[tuple[Difference, ...], list[Step]] = defaultdict(list)
    for step in steps:
        groups[tuple(differences.of(step))].append(step)
    for number, (found, alike) in enumerate(groups.items()):
        if number == _MOST_GROUPS:
            rest = sum(len(each) for each in list(groups.values())[number:])
            yield f"{mark} {verb} {rest:,} more; to see all: --verbose"
            return
        where = _places(found, alike, place)
        yield f"{mark} {verb} {_named(alike)}{f'  [{where}]' if where else ''}"
        forced = {key for step in alike for key in step.replaces}
        for path, change in found[:_MOST_PROPERTIES]:
            why = "  (forces replacement)" if differences.top(path) in forced else ""
            yield f"    {path}: {change}{why}"
        if len(found) > _MOST_PROPERTIES:
            yield f"    and {len(found) - _MOST_PROPERTIES} more properties; to see all: --verbose"


def _named(steps: list[Step]) -> str:
    kinds = Counter(step.kind for step in steps)
    if len(kinds) == 1:
        names = [step.name for step in steps]
        return f"{_number(names)}{steps[0].kind}: {words.some(names)}"
    listed = [f"{count} {kind}" for kind, count in kinds.most_common()]
    return f"{len(steps):,} resources: {words.kinds(listed)}"


def _places(found: Iterable[Difference], steps: Iterable[Step], place: Place) -> str:
    paths = [path for path, _ in found] or [""]
    places = dict.fromkeys(place(step.urn, path) for step in steps for path in paths)
    places.pop("", None)
    return words.some(places, _MOST_PLACES)


def _number(names: list[str]) -> str:
    return f"{len(names):,} " if len(names) > 1 else ""

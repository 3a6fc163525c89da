"""The parts of a run: those that the command line names, or that a change affects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from landfall.blueprint import parts
from landfall.blueprint.parts import Part
from landfall.fleet import fingerprints
from landfall.problems import refuse
from landfall.settings.stack import Stack
from landfall.settings.suggestions import same_place

FOUNDATION = "foundation"

Waves = tuple[tuple[Part, ...], ...]


def label(part: Part) -> str:
    """Return the name of a part for users."""
    if part.is_whole:
        return "the stack"
    return part.name or FOUNDATION


def only(stack: Stack, waves: Waves, names: Sequence[str]) -> Waves:
    """Return the parts of these names; a name is that of a part, a slice or an account.

    Raises:
        ProblemsError: nothing has such a name.

    """
    if not names:
        return waves
    wanted: set[str] = set()
    for name in names:
        found = set(_meant(stack, waves, name))
        if not found:
            known = [label(part) for wave in waves for part in wave]
            fix = same_place(name, [*known, *stack.accounts])
            raise refuse(f"the fleet has no part, slice or account '{name[:80]}'", fix)
        wanted |= found
    return kept(waves, lambda part: part.name in wanted)


def changed(now: Stack, before: Stack | None, waves: Waves) -> Waves:
    """Return the parts whose settings differ from those before; all if the stack is new."""
    if before is None:
        return waves

    def differs(part: Part) -> bool:
        earlier = parts.named(before, part.name)
        if earlier is None or earlier.accounts != part.accounts:
            return True
        return fingerprints.of_settings(now, part) != fingerprints.of_settings(before, earlier)

    return kept(waves, differs)


def kept(waves: Waves, wanted: Callable[[Part], bool]) -> Waves:
    """Return the waves with the wanted parts only, without empty waves."""
    found = (tuple(part for part in wave if wanted(part)) for wave in waves)
    return tuple(wave for wave in found if wave)


def _meant(stack: Stack, waves: Waves, name: str) -> Iterable[str]:
    named = [part.name for wave in waves for part in wave if label(part) == name]
    if named:
        return named
    if stack.fleet is not None and name in (*stack.fleet.slices, parts.REST):
        of_slice = {part for part, own in parts.stack_names(stack.fleet) if own == name}
        return [
            part.name
            for wave in waves
            for part in wave
            if part.name in of_slice or (name == parts.REST and _is_rest(part.name))
        ]
    place = parts.slices(stack).get(name)
    return [] if place is None else [place]


def _is_rest(name: str) -> bool:
    base, _, number = name.rpartition("-")
    return name == parts.REST or (base == parts.REST and number.isdigit())

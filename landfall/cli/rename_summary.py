"""What AWS does about what was renamed in a stack file, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.cli.shortening import Lists
from landfall.settings import Stack, moves
from landfall.settings.source import Locations

_MOST = 10


def lines(
    stack: Stack, locations: Locations, committed: Stack | None, lists: Lists
) -> Iterator[str]:
    """Yield a section on renames; nothing where nothing was renamed.

    `committed` are the settings to compare with. Without them, only what `formerly` says is known.
    """
    old = None if committed is None else moves.names(committed)
    found = list(moves.moves(stack, old))
    if committed is not None:
        found += moves.second_accounts(stack, moves.emails(committed), moves.emails(stack))
    if not found:
        return
    since = " since the last commit" if committed is not None else ""
    yield f"\nRenames{since} ({len(found)})"
    yield from lists.lines((_shown(move, locations) for move in found), "renames", _MOST)


def _shown(move: moves.Move, locations: Locations) -> str:
    place = locations.of(("config", *move.path))
    return f"  {place}: {move.what}\n    {move.fix}"

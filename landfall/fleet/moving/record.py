"""The record of an unfinished move: which states it writes, written before the first of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall.fleet import journal
from landfall.problems import refuse

_FORMAT: Final = 1

SPLIT: Final = "split"
JOIN: Final = "join"


@dataclass(frozen=True, slots=True)
class Record:
    """A move of one stack: `way` is `split` or `join`.

    `before` and `after` are the digests of the states by Pulumi stack. `step` is what was begun
    last, for users.
    """

    way: str
    before: Mapping[str, str] = field(hash=False)
    after: Mapping[str, str] = field(hash=False)
    step: str = ""

    def known(self, stack: str) -> set[str]:
        """Return the digests of the states that a stack may have while the move is unfinished."""
        return {each[stack] for each in (self.before, self.after) if stack in each}


def file(checkout: Path, stack: str) -> Path:
    """Return the file of a stack's record."""
    return journal.folder(checkout, stack) / "move.json"


def read(place: Path) -> Record | None:
    """Return the record in a file; None if there is no unfinished move.

    Raises:
        ProblemsError: the file is damaged or of another version.

    """
    try:
        content: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        if content.pop("format") != _FORMAT or content["way"] not in (SPLIT, JOIN):
            raise ValueError
        return Record(**content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise refuse(
            f"the record of an unfinished move cannot be read: {place}",
            "compare the states of the stacks with `pulumi stack export` before you delete it",
        ) from None


def write(place: Path, record: Record) -> None:
    """Replace the record in a file, so that a killed process leaves a whole one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(".new")
    text = json.dumps({"format": _FORMAT, **asdict(record)}, indent=1)
    fresh.write_text(f"{text}\n", encoding="utf-8")
    fresh.replace(place)


def require_none(place: Path, stack: str) -> None:
    """Raise a `ProblemsError` if a move is unfinished: some states may have resources twice."""
    found = read(place)
    if found is not None:
        raise refuse(
            f"`landfall fleet {found.way}` of stack {stack} was interrupted: {found.step}",
            f"complete it first: landfall fleet {found.way} -s {stack}",
        )

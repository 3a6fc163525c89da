"""What a report says beside its findings, in a form that every format can write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a section tells of: a headline, and lines below it.

    `is_folded` hides the lines until a reader asks for them, where the format can do that.
    """

    title: str
    lines: tuple[str, ...] = ()
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. `data` is the same for machines, as JSON values."""

    key: str
    title: str
    summary: str = ""
    entries: tuple[Entry, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

"""Report sections besides the findings, independent of the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section: a headline, and lines below it.

    `is_folded` collapses the lines, if the format supports it.
    """

    title: str
    lines: tuple[str, ...] = ()
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report. `data` has the same content as JSON values."""

    key: str
    title: str
    summary: str = ""
    entries: tuple[Entry, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

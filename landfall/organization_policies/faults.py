"""One mistake in a policy document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

Path = tuple[str | int, ...]


class Fault(Enum):
    """What is wrong in general."""

    UNKNOWN_KEY = auto()
    MISSING_KEY = auto()
    WRONG_TYPE = auto()
    UNKNOWN_CHOICE = auto()
    INVALID_VALUE = auto()
    TOO_MANY = auto()
    UNSUPPORTED = auto()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong at a path inside the document, and how to fix it."""

    path: Path
    what: str
    fix: str
    fault: Fault

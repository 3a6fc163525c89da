"""One mistake in a stack's settings, before its line is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from landfall.settings.source import Path
from landfall.validation.kinds import Kind


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at a path of the config, and how to fix it.

    `about` is the path of another setting that the mistake depends on: for example, a
    reference to an account that could not be read is not a separate mistake.
    """

    path: Path
    what: str
    fix: str
    about: Path = ()
    kind: Kind = field(kw_only=True)

"""One mistake in a stack's settings, before it is given its line."""

from __future__ import annotations

from typing import NamedTuple

from landfall.settings.source import Path


class Mistake(NamedTuple):
    """What is wrong at a path of the config, and what would be right.

    `about` is the path of the setting that the mistake follows from, where that is another one: a
    reference to an account that could not be read is no mistake of its own.
    """

    path: Path
    what: str
    fix: str
    about: Path = ()

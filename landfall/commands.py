"""Commands in messages, written so that they work as typed in the reader's shell."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

# A command begins a text or a line, or follows what sets it apart from prose.
_IN_TEXT = re.compile(
    r"(?P<before>^|[`(\"']|\$\(|&& |[:;|] )(?P<name>landfall|pulumi) (?=[a-z])", re.MULTILINE
)


def landfall() -> str:
    """Return how `landfall` is called here: by its name if it is on PATH, else by its path."""
    return _typed("landfall", Path(sys.executable).parent / "landfall")


def pulumi() -> str:
    """Return how `pulumi` is called here; by its name where the checkout has none of its own."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        program = folder / ".landfall" / "bin" / "pulumi"
        if program.exists():
            return _typed("pulumi", program)
    return "pulumi"


def typed(text: str) -> str:
    """Return a text whose `landfall …` and `pulumi …` commands can be typed as they are."""
    names = {"landfall": landfall, "pulumi": pulumi}

    def called(match: re.Match[str]) -> str:
        return f"{match['before']}{names[match['name']]()} "

    return _IN_TEXT.sub(called, text)


def _typed(name: str, program: Path) -> str:
    if shutil.which(name) or not program.exists():
        return name
    # A link is not followed: the environment's own path is the one that a reader knows.
    relative = os.path.relpath(program)
    return str(program) if relative.startswith(os.pardir) else relative

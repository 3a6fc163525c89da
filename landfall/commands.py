"""Rewrite commands in messages so that they work as typed in the reader's shell."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

# A command starts a text or a line, indented or not, or follows one of these delimiters.
_IN_TEXT = re.compile(
    r"(?P<before>^ *|[`(\"']|\$\(|&& |[:;|] )(?P<name>landfall|pulumi) (?=[a-z])", re.MULTILINE
)


def landfall() -> str:
    """Return the command `landfall`: its name if it is on PATH, otherwise its path."""
    return _typed("landfall", Path(sys.executable).parent / "landfall")


def pulumi() -> str:
    """Return the command `pulumi`: the checkout's own path, or the name if there is none."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        program = folder / ".landfall" / "bin" / "pulumi"
        if program.exists():
            return _typed("pulumi", program)
    return "pulumi"


def typed(text: str) -> str:
    """Return a text whose `landfall …` and `pulumi …` commands work as typed."""
    names = {"landfall": landfall, "pulumi": pulumi}

    def called(match: re.Match[str]) -> str:
        return f"{match['before']}{names[match['name']]()} "

    return _IN_TEXT.sub(called, text)


def _typed(name: str, program: Path) -> str:
    if shutil.which(name) or not program.exists():
        return name
    # Do not resolve links: the reader knows the path in the virtual environment.
    relative = os.path.relpath(program)
    return str(program) if relative.startswith(os.pardir) else relative

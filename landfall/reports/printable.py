"""Texts from settings and names of resources, made harmless for each format.

They come from whoever proposes a change, so they must neither steer a terminal nor become links,
mentions or markup in a comment.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_MARKUP: Final = re.compile(r"([\\`*_\[\]|~#])")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})
_BACKTICKS: Final = re.compile(r"`+")
_SCHEME: Final = re.compile(r"\b(https?|ftp)://|\b(www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a text on one line, without characters that a terminal obeys."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii")
        for each in line
    )


def markdown(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    escaped = _MARKUP.sub(r"\\\1", plain(text).translate(_ENTITIES))
    # An entity's own `#` is none of Markdown's.
    escaped = escaped.replace("&\\#64;", "&#64;")
    return _SCHEME.sub(_unlinked, escaped)


def code(text: str) -> str:
    """Return a text as a code span that may also stand in a cell of a table."""
    shown = plain(text).replace("|", "\\|")
    if not shown:
        return ""
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def short(subject: str) -> str:
    """Return what identifies a resource to a reader: its type and name, not the whole URN."""
    if not subject.startswith("urn:pulumi:"):
        return subject
    kind, _, name = subject.split("::", 2)[-1].rpartition("::")
    return f"{kind.rsplit('$', 1)[-1]} {name}"


def json_text(value: Any) -> str:
    """Return JSON that can be written as UTF-8, whatever its texts hold."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    # Half of a surrogate pair, which JSON can bring, becomes its own escape.
    return text.encode(errors="backslashreplace").decode()


def _unlinked(match: re.Match[str]) -> str:
    return f"{match[1]}&#58;//" if match[1] else f"{match[2]}&#46;"

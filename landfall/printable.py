"""Make text from outside safe to print: in a terminal, in Markdown, on one line.

Names, settings and policies come from whoever proposes a change. Their text must not control the
terminal, break a line, or become a link, a mention or markup in a comment.
"""

from __future__ import annotations

import re
from typing import Final

_MARKUP: Final = re.compile(r"([\\`*_\[\]|~#])")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"})
_BACKTICKS: Final = re.compile(r"`+")
_CONTROL: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])|\x9b[0-?]*[ -/]*[@-~]"
)
"""Colours and other sequences with which a program controls a terminal: ECMA-48."""
_SCHEME: Final = re.compile(r"\b(https?|ftp)://|\b(www)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """Return `text` with each unprintable character as its escape: a newline becomes `\\n`."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii")
        for each in text
    )


def colourless(text: str) -> str:
    """Return a line that a program wrote for a terminal, escaped, without colours and tabs."""
    return escaped(_CONTROL.sub("", text).expandtabs())


def shortened(text: str, longest: int = 80) -> str:
    """Return `text` escaped, and cut to `longest` characters; `...` marks the cut."""
    # Escaping only lengthens a text, so the rest of a long one need not be read.
    shown = escaped(text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 3]}..."


def one_line(text: str) -> str:
    """Return `text` escaped, with each run of white space, newlines too, as one space."""
    return escaped(" ".join(text.split()))


def markdown(text: str) -> str:
    """Return `text` on one line, as Markdown that shows it literally."""
    marked = _MARKUP.sub(r"\\\1", one_line(text).translate(_ENTITIES))
    # The `#` of an entity is not Markdown's.
    marked = marked.replace("&\\#64;", "&#64;")
    return _SCHEME.sub(_unlinked, marked)


def code(text: str) -> str:
    """Return `text` on one line as a Markdown code span, also valid in a cell of a table."""
    shown = one_line(text).replace("|", "\\|")
    if not shown:
        return ""
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _unlinked(match: re.Match[str]) -> str:
    return f"{match[1]}&#58;//" if match[1] else f"{match[2]}&#46;"

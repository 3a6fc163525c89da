"""The lines of a JSON text on which a policy's statements begin, for reports."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|[{}\[\]:,]|[^\s"{}\[\]:,]+')
_COLON: Final = re.compile(r"\s*:")
# Larger texts were not written by a person who wants to be led to a line.
_MOST_CHARACTERS: Final = 1_000_000


def of_statements(text: str) -> tuple[int, ...]:
    """Return the line of each statement, from 1; empty if the text is too large.

    The text must be a policy: `Statement` of the outermost object is a list or an object.
    """
    if len(text) > _MOST_CHARACTERS:
        return ()
    found: list[int] = []
    depth, key, level, line, place = 0, "", 0, 1, 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in "{[":
            if depth == 1 and key == "Statement":
                level = depth + (mark == "[")
            if mark == "{" and level == depth and key == "Statement":
                line += text.count("\n", place, token.start())
                place = token.start()
                found.append(line)
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == 1 and mark[0] == '"' and _COLON.match(text, token.end()):
            key = token.group(1)
    return tuple(found)

"""CodePipeline's glob patterns as regular expressions, for its VariableCheck rule.

The rule takes Java's syntax; what is written here means the same in Java and in Python.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from landfall.settings.git_globs import Filter

_PIECES = re.compile(r"\*\*|\*|\?|\[!?[^]]+\]|\\.|\{|\}|,|[^*?\[\\{},]+", re.DOTALL)
_SPECIAL = re.compile(r"[^A-Za-z0-9_/-]")


def expression(filters: Sequence[Filter]) -> str:
    """Return the expression of all names that fit one of the filters."""
    return f"^(?:{'|'.join(map(_filter, filters))})$"


def _filter(each: Filter) -> str:
    without = "|".join(map(_pattern, each.excludes))
    ahead = f"(?!(?:{without})$)" if without else ""
    within = "|".join(map(_pattern, each.includes)) if each.includes else ".*"
    return f"{ahead}(?:{within})"


def _pattern(pattern: str) -> str:
    found: list[str] = []
    in_group = False
    for piece in _PIECES.findall(pattern):
        if piece == "{":
            in_group = True
            found.append("(?:")
        elif piece == "}" and in_group:
            in_group = False
            found.append(")")
        elif piece == "," and in_group:
            found.append("|")
        else:
            found.append(_piece(piece))
    return "".join(found)


def _piece(piece: str) -> str:
    if piece in ("*", "**", "?"):
        return {"*": "[^/]*", "**": ".*", "?": "[^/]"}[piece]
    if piece.startswith("[") and len(piece) > 1:
        return _set(piece[1:-1])
    return _literal(piece[1:] if piece.startswith("\\") else piece)


def _set(inside: str) -> str:
    excludes, inside = inside.startswith("!"), inside.removeprefix("!")
    escaped = re.sub(r"[\[\]\\^&~|]", lambda found: f"\\{found[0]}", inside)
    # A slash divides the parts of a name, so no set has it.
    return f"[^/{escaped}]" if excludes else f"(?!/)[{escaped}]"


def _literal(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)

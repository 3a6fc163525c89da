r"""Patterns of service models, which are Java's and JavaScript's, as Python's.

Syntax that Python lacks is rewritten: `\p{...}` classes, possessive quantifiers, `\z`. A pattern
that cannot be rewritten is not checked; a test lists these.
"""

from __future__ import annotations

import re
from functools import cache

_CLASSES = {
    "ASCII": r"\x00-\x7f",
    "Alnum": "A-Za-z0-9",
    "Alpha": "A-Za-z",
    "Digit": "0-9",
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
    "Blank": r" \t",
    "Space": r" \t\n\x0b\f\r",
    "XDigit": "0-9a-fA-F",
    "Lower": "a-z",
    "Upper": "A-Z",
    # Unicode categories: every character that could be of them, which errs to leniency.
    "L": r"A-Za-z\u00aa\u00b5\u00ba\u00c0-\U0010ffff",
    "N": r"0-9\u00b2-\U0010ffff",
    "Nd": r"0-9\u0660-\U0010ffff",
    "Z": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    "Zs": r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000",
    "M": r"\u0300-\U0010ffff",
    "P": r"!-#%-*,-/:;?@\[-\]_{}\u00a1-\U0010ffff",
    "S": r"$+<->^`|~\u00a2-\U0010ffff",
    "C": r"\x00-\x1f\x7f-\x9f\u00ad-\U0010ffff",
    "Cntrl": r"\x00-\x1f\x7f",
    "Punct": r"!-/:-@\[-`{-~",
    "IsLetter": r"A-Za-z\u00aa-\U0010ffff",
    "IsDigit": r"0-9\u0660-\U0010ffff",
    "LD": r"A-Za-z0-9\u00aa-\U0010ffff",
}
_NAMED = re.compile(r"\\([pP])(?:\{(\w+)\}|([A-Z]))")
_SURROGATES = r"\uD800\uDC00-\uDBFF\uDFFF"  # UTF-16 for every character beyond the first plane.
_EVERYTHING = {"", ".*", "^.*$", r"[\s\S]*", r"(?s).*", r"[\s\S]+", ".+"}


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern for `fullmatch`; None if it matches anything or cannot be rewritten."""
    if pattern in _EVERYTHING:
        return None
    try:
        return re.compile(rewritten(pattern))
    except (re.error, KeyError, OverflowError, RecursionError):
        return None


def rewritten(pattern: str) -> str:
    """Rewrite a pattern for Python; raises KeyError for an unknown class."""
    pattern = pattern.replace(_SURROGATES, r"\U00010000-\U0010FFFF")
    out: list[str] = []
    at, inside = 0, 0
    while at < len(pattern):
        if found := _NAMED.match(pattern, at):
            out.append(_class(found, inside > 0))
            at = found.end()
        elif pattern.startswith((r"\z", r"\Z"), at):
            out.append(r"\Z")
            at += 2
        elif pattern[at] == "\\" and at + 1 < len(pattern):
            out.append(pattern[at : at + 2])
            at += 2
        else:
            char = pattern[at]
            if char == "[" and inside:
                out.append(r"\[")  # Java would nest a class; the models mean the character.
            else:
                inside += {"[": 1, "]": -1 if inside else 0}.get(char, 0)
                out.append(char)
            at += 1
            if char == "[" and inside == 1 and pattern[at : at + 1] == "]":
                out.append(r"\]")
                at += 1
    return "".join(out)


def _class(found: re.Match[str], inside: bool) -> str:
    name = found[2] or found[3]
    members = _CLASSES[name]
    if found[1] == "P":
        if inside:
            raise KeyError(name)
        return f"[^{members}]"
    return members if inside else f"[{members}]"

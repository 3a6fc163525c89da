"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

They are variables in documents of Version 2012-10-17 only, in Resource and NotResource and in the
values of string and ARN conditions (AWS: 'IAM policy elements: Variables and tags').
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from landfall.iam.patterns import LITERAL_QUESTION, LITERAL_STAR

OPENING: Final = "${"

# `${*}`, `${?}` and `${$}` stand for the characters themselves.
_CHARACTERS: Final = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}


class VariableError(ValueError):
    """The text of a variable is not of the form that AWS accepts."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a context key; `default` is taken where the request has no such key."""

    key: str
    default: str | None


@lru_cache(maxsize=8192)
def split(text: str) -> tuple[str | Variable, ...]:
    """Split into literal text and variables; raises `VariableError`."""
    parts: list[str | Variable] = []
    literal: list[str] = []
    place = 0
    while (start := text.find(OPENING, place)) >= 0:
        literal.append(text[place:start])
        variable, place = _read(text, start + len(OPENING))
        if isinstance(variable, str):
            literal.append(variable)
            continue
        if before := "".join(literal):
            parts.append(before)
        literal = []
        parts.append(variable)
    literal.append(text[place:])
    if rest := "".join(literal):
        parts.append(rest)
    return tuple(parts)


def _read(text: str, start: int) -> tuple[str | Variable, int]:
    """Read one variable after its `${`; returns it and the place behind its brace."""
    comma, brace = text.find(",", start), text.find("}", start)
    if brace < 0:
        raise VariableError(f"the variable at character {start - 1} has no closing brace")
    if comma < 0 or comma > brace:
        name = text[start:brace]
        if name in _CHARACTERS:
            return _CHARACTERS[name], brace + 1
        return Variable(_checked(name), None), brace + 1
    opening = comma + 1
    while opening < len(text) and text[opening] == " ":
        opening += 1
    if text[opening : opening + 1] != "'":
        raise VariableError("the default of a variable stands in single quotes: ${key, 'default'}")
    closing = text.find("'", opening + 1)
    if closing < 0:
        raise VariableError("the default of a variable lacks its closing quote")
    behind = closing + 1
    while text[behind : behind + 1] == " ":
        behind += 1
    if text[behind : behind + 1] != "}":
        raise VariableError("a closing brace belongs behind the default of a variable")
    return Variable(_checked(text[start:comma]), text[opening + 1 : closing]), behind + 1


def _checked(name: str) -> str:
    key = name.strip()
    if not key:
        raise VariableError("a variable names a context key: ${aws:username}")
    if " " in key or OPENING in key:
        raise VariableError(f"`{key[:80]}` is no name of a context key")
    return key

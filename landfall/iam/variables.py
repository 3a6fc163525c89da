"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

They are variables in documents of Version 2012-10-17 only, in Resource and NotResource and in the
values of string and ARN conditions (AWS: 'IAM policy elements: Variables and tags').
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from landfall.iam.patterns import LITERAL_QUESTION, LITERAL_STAR

if TYPE_CHECKING:
    from landfall.iam.requests import Found

OPENING: Final = "${"

# `${*}`, `${?}` and `${$}` stand for the characters themselves.
_CHARACTERS: Final = {"*": LITERAL_STAR, "?": LITERAL_QUESTION, "$": "$"}


class VariableError(ValueError):
    """A variable does not have the form that AWS accepts."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a context key; `default` is taken where the request has no such key."""

    key: str
    default: str | None


# Literal text, its wildcards included, and the variables between.
Template = tuple[str | Variable, ...]


@lru_cache(maxsize=8192)
def split(text: str) -> Template:
    """Split a string into literal text and variables; raises `VariableError`."""
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
        raise VariableError("a variable's default is in single quotes: ${key, 'default'}")
    closing = text.find("'", opening + 1)
    if closing < 0:
        raise VariableError("a variable's default has no closing quote")
    behind = closing + 1
    while text[behind : behind + 1] == " ":
        behind += 1
    if text[behind : behind + 1] != "}":
        raise VariableError("a closing brace must follow a variable's default")
    return Variable(_checked(text[start:comma]), text[opening + 1 : closing]), behind + 1


def _checked(name: str) -> str:
    key = name.strip()
    if not key:
        raise VariableError("a variable names a context key: ${aws:username}")
    if " " in key or OPENING in key:
        raise VariableError(f"`{key[:80]}` is not the name of a context key")
    return key


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its values in place; where one is unknown, `known` is False and it is `*`."""

    pattern: str
    known: bool


def fill(template: Template, look_up: Callable[[str], Found]) -> Filled | None:
    """Fill a template with the request's values as plain text, even if they contain wildcards.

    Return None if a variable has neither a value nor a default: AWS's null, which matches
    nothing. A key of several values cannot be a variable and counts as none.
    """
    parts: list[str] = []
    known = True
    for part in template:
        if isinstance(part, str):
            parts.append(part)
            continue
        found = look_up(part.key.lower())
        if isinstance(found, tuple) and len(found) == 1 and isinstance(found[0], str):
            parts.append(_literal(found[0]))
        elif found is None and part.default is not None:
            parts.append(_literal(part.default))
        elif found is None or (isinstance(found, tuple) and len(found) > 1):
            return None
        else:
            parts.append("*")
            known = False
    return Filled("".join(parts), known)


def _literal(text: str) -> str:
    return text.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)


def plain(text: str) -> str:
    """Return a filled text with its literal wildcards as the characters that they are."""
    return text.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?")

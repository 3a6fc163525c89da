"""Wildcards as IAM reads them: `*` for any characters, `?` for exactly one.

In an Action and a Resource a wildcard spans every character, `:` and `/` included; the ARN
condition operators compare the six colon-separated parts of an ARN each on its own
(AWS: 'IAM JSON policy elements: Resource' and '... Condition operators').

Matching is linear in the length of pattern and value, without backtracking. Comparing policies asks
two more questions: does one pattern's language contain another's (`covers`), and do two languages
intersect (`intersects`)?
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Final

# A policy variable may stand for the characters `*` and `?` themselves (`${*}`, `${?}`). In a
# pattern they are written as these noncharacters, which no policy text has a use for.
LITERAL_STAR: Final = "\ufdd0"
LITERAL_QUESTION: Final = "\ufdd1"

_ARN_PARTS: Final = 6
_RUN: Final = re.compile(r"[*?]{2,}")
# Beyond this many steps two patterns are not compared: `covers` is then not proven, `intersects`
# not ruled out. ARNs of the greatest length that AWS allows (2,048) stay below it but for oddities.
_MOST_STEPS: Final = 1_000_000


def has_wildcard(pattern: str) -> bool:
    """Return whether the pattern matches more than itself."""
    return "*" in pattern or "?" in pattern


def matches(pattern: str, value: str, *, case_sensitive: bool) -> bool:
    """Return whether `value` is in the language of `pattern`."""
    if pattern == "*":
        return True
    if not case_sensitive:
        pattern = pattern.lower()
        value = value.lower()
    return _matches(pattern, value)


def _matches(pattern: str, value: str) -> bool:
    if LITERAL_STAR in pattern or LITERAL_QUESTION in pattern:
        value = value.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)
    return _glob(pattern, value)


def _glob(pattern: str, value: str) -> bool:
    """Match prefix and suffix, then each middle part at the first place where it stands."""
    if "*" not in pattern:
        return pattern == value if "?" not in pattern else _matches_part(pattern, value)
    first, *middle, last = pattern.split("*")
    low, high = len(first), len(value) - len(last)
    if low > high:
        return False
    if not _matches_part(first, value[:low]) or not _matches_part(last, value[high:]):
        return False
    for part in middle:
        if not part:
            continue
        place = _find(part, value, low, high)
        if place < 0:
            return False
        low = place + len(part)
    return True


@lru_cache(maxsize=65536)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that tests one pattern, for repeated use."""
    if LITERAL_STAR in pattern or LITERAL_QUESTION in pattern:
        return partial(_matches, pattern)
    if pattern == "*":
        return _anything
    if not has_wildcard(pattern):
        return pattern.__eq__
    if "?" not in pattern and pattern.find("*") == len(pattern) - 1:
        prefix = pattern[:-1]
        return lambda value: value.startswith(prefix)
    return partial(_glob, pattern)


def _anything(_: str) -> bool:
    return True


def _matches_part(part: str, text: str) -> bool:
    """Compare a part without `*` with a text: equal but for the characters under a `?`."""
    if len(part) != len(text):
        return False
    if "?" not in part:
        return part == text
    return all(want in ("?", have) for want, have in zip(part, text, strict=True))


def _find(part: str, text: str, low: int, high: int) -> int:
    """Return the first place in `text[low:high]` where the part without `*` stands, or -1."""
    if "?" not in part:
        return text.find(part, low, high)
    length = high - low - len(part) + 1
    if length <= 0:
        return -1
    # Bit n of `alive` says that the part may still begin at n. The places of a character are one
    # integer, so that a part of n characters costs n operations on long words.
    alive = (1 << length) - 1
    places: dict[str, int] = {}
    for offset, want in enumerate(part):
        if want == "?":
            continue
        if want not in places:
            places[want] = _places(want, text, low, high)
        alive &= places[want] >> offset
        if not alive:
            return -1
    return low + (alive & -alive).bit_length() - 1


def _places(char: str, text: str, low: int, high: int) -> int:
    """Return the places of a character in `text[low:high]` as the bits of an integer."""
    bits = 0
    place = text.find(char, low, high)
    while place >= 0:
        bits |= 1 << (place - low)
        place = text.find(char, place + 1, high)
    return bits


def matches_arn(pattern: str, arn: str) -> bool:
    """Return whether an ARN matches as in ArnLike and ArnEquals: each of its six parts separately.

    A pattern or a value that is not an ARN of six parts matches nothing, except the pattern `*`.
    """
    if pattern == "*":
        return True
    wanted, had = split_arn(pattern), split_arn(arn)
    if wanted is None or had is None:
        return False
    return all(_matches(want, have) for want, have in zip(wanted, had, strict=True))


def split_arn(text: str) -> tuple[str, ...] | None:
    """Split an ARN into its six parts; None if there are not six."""
    parts = tuple(text.split(":", _ARN_PARTS - 1))
    return parts if len(parts) == _ARN_PARTS else None


def covers(a: str, b: str, *, case_sensitive: bool) -> bool:
    """Return whether every string that matches `b` matches `a`.

    True is always right. False means not proven: it may be wrong for patterns that need `*` and
    `?` of `a` to trade places over a `*` of `b`, and for patterns of many thousand characters.
    """
    if not case_sensitive:
        a, b = a.lower(), b.lower()
    return _covers(a, b)


@lru_cache(maxsize=65536)
def _covers(a: str, b: str) -> bool:
    if a in ("*", b):
        return True
    if "?" not in a or not has_wildcard(b):
        # The wildcards of b are then characters that only a `*` of a can take.
        return _glob(a, b)
    if not _ends_agree(a, b):
        return False
    a, b = _normal(a), _normal(b)
    if len(a) * len(b) > _MOST_STEPS:
        return False
    return _covers_by_columns(_places_of(a), b)


@lru_cache(maxsize=8192)
def _normal(pattern: str) -> str:
    """Write each run of wildcards in one way: its `?` first, then at most one `*`."""
    return _RUN.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), pattern)


class _Places:
    """Where a pattern has what: bit n of an integer says that it is so of its character n."""

    __slots__ = ("chars", "end", "questions", "stars")

    def __init__(self, pattern: str) -> None:
        self.chars: dict[str, int] = {}
        for place, char in enumerate(pattern):
            self.chars[char] = self.chars.get(char, 0) | 1 << place
        self.stars = self.chars.pop("*", 0)
        self.questions = self.chars.pop("?", 0)
        self.end = 1 << len(pattern)

    def before(self, column: int) -> int:
        """Add the `*` that may stand for nothing before what is in the column."""
        return column | column >> 1 & self.stars


@lru_cache(maxsize=4096)
def _places_of(pattern: str) -> _Places:
    return _Places(pattern)


def _covers_by_columns(a: _Places, b: str) -> bool:
    """Find from the end, for each rest of `b`, the rests of `a` that cover it: bits of a column.

    Both patterns are normal, so that what stands behind a `*` is no wildcard.
    """
    column = a.before(a.end)
    for have in reversed(b):
        taken = column & a.stars
        if have == "*":
            # It is nothing, or one character more than itself: a `?` has to take both.
            more = taken
            while more:
                more = more >> 1 & a.questions & column
                taken |= more
            column = taken
        else:
            taken |= column >> 1 & (a.questions | a.chars.get(have, 0))
            column = a.before(taken)
        if not column:
            return False
    return bool(column & 1)


def intersects(a: str, b: str, *, case_sensitive: bool) -> bool:
    """Return whether some string matches both patterns; True for very long patterns, too."""
    if not case_sensitive:
        a, b = a.lower(), b.lower()
    return _intersects(a, b)


@lru_cache(maxsize=65536)
def _intersects(a: str, b: str) -> bool:
    if a == b or a == "*" or b == "*":
        return True
    if not has_wildcard(b):
        return _glob(a, b)
    if not has_wildcard(a):
        return _glob(b, a)
    if not _ends_agree(a, b):
        return False
    a, b = _normal(a), _normal(b)
    if len(a) * len(b) > _MOST_STEPS:
        return True
    return _meets_by_columns(_places_of(a), b)


def _meets_by_columns(a: _Places, b: str) -> bool:
    """Find from the end, for each rest of `b`, the rests of `a` that have a string in common."""
    column = a.before(a.end)
    for have in reversed(b):
        if have == "*":
            # It may stand for what any earlier part of `a` stands for.
            column = (1 << column.bit_length()) - 1
            continue
        fits = ~a.stars if have == "?" else a.questions | a.chars.get(have, 0)
        column = a.before(column >> 1 & fits | column & a.stars)
        if not column:
            return False
    return bool(column & 1)


def _ends_agree(a: str, b: str) -> bool:
    """Compare the literal beginnings and ends, which settles most pairs at once."""
    for one, other in zip(a, b, strict=False):
        if one in "*?" or other in "*?":
            break
        if one != other:
            return False
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one in "*?" or other in "*?":
            break
        if one != other:
            return False
    return True


def covers_arn(a: str, b: str) -> bool:
    """Return `covers` for two patterns of ArnLike, part by part."""
    return _by_part(a, b, _covers)


def intersects_arn(a: str, b: str) -> bool:
    """Return `intersects` for two patterns of ArnLike, part by part."""
    return _by_part(a, b, _intersects)


def _by_part(a: str, b: str, compare: Callable[[str, str], bool]) -> bool:
    if a == "*" or (b == "*" and compare is _intersects):
        return True
    ours, theirs = split_arn(a), split_arn(b)
    if ours is None or theirs is None:
        return False
    return all(compare(one, other) for one, other in zip(ours, theirs, strict=True))

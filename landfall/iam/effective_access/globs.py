"""Find a text that is in all of some sets and in none of others, where sets are wildcard patterns.

A set is a union of patterns with `*` and `?`. The answer is exact: all patterns run
together as one automaton, whose state is the bits of an integer, after shortcuts for common cases.
Malicious patterns can make such automata very large, so the number of states is limited; beyond
the limit the answer is unknown.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from landfall.iam import patterns, variables
from landfall.iam.truth import Truth

Patterns = tuple[str, ...]

_MOST_STATES: Final = 2_000
_MOST_CHARACTERS: Final = 20_000
# Limit for comparisons whose cost is the product of two sums of characters.
_MOST_COVERED: Final = 20_000_000
_MOST_MET: Final = 4_000_000
_MOST_TRIED: Final = 8
_FRESH: Final = string.digits + string.ascii_letters


def witness(within: Sequence[Patterns], outside: Patterns = ()) -> tuple[Truth, str]:
    """Find a text that is in each of `within` and not in `outside`.

    Return True and the text, False, or None if undecided. Without `within` any text qualifies.
    Case-sensitive. A text's own `*` is written `patterns.LITERAL_STAR` in a pattern.
    """
    if "*" in outside:
        return False, ""
    terms = tuple(dict.fromkeys(term for term in within if "*" not in term))
    if not outside:
        if not terms:
            return True, "x"
        if len(terms) == 1 and terms[0]:
            return True, variables.plain(_instance(terms[0][0]))
    return _witness(terms, tuple(dict.fromkeys(outside)))


@lru_cache(maxsize=16384)
def _witness(terms: tuple[Patterns, ...], outside: Patterns) -> tuple[Truth, str]:
    left = [term for term in terms if term]
    if len(left) < len(terms):
        return False, ""
    if _is_small([*terms, outside], _MOST_COVERED):
        left = [tuple(one for one in term if not _is_covered(one, outside)) for term in left]
        if not all(left):
            return False, ""
    left.sort(key=len)
    exact = next((one for one in left if not any(map(patterns.has_wildcard, one))), None)
    if exact is not None:
        for text in exact:
            if _is_one(text, left, outside):
                return True, variables.plain(text)
        return False, ""
    if len(left) > 1 and _is_small(left, _MOST_MET):
        colons = _most_colons(outside)
        left = [_meeting(term, left, colons) for term in left]
        if not all(left):
            return False, ""
    for text in _likely(left):
        if _is_one(text, left, outside):
            return True, variables.plain(text)
    if sum(len(one) + 1 for term in (*left, outside) for one in term) > _MOST_CHARACTERS:
        return None, ""
    found, text = _Walk(left, outside).find()
    return found, variables.plain(text)


def no_more_colons(than: int) -> str:
    """Return the pattern of all texts with more than so many colons."""
    return f"{'*:' * (than + 1)}*"


def _most_colons(outside: Patterns) -> int | None:
    """Return the maximum number of colons of a text, if `outside` limits it."""
    for pattern in outside:
        count = pattern.count(":")
        if count and pattern == no_more_colons(count - 1):
            return count - 1
    return None


def _meeting(term: Patterns, terms: Sequence[Patterns], colons: int | None) -> Patterns:
    """Return the patterns that intersect every other term."""
    return tuple(
        one
        for one in term
        if all(
            any(_meet(one, two, colons) for two in other) for other in terms if other is not term
        )
    )


def _meet(a: str, b: str, colons: int | None) -> bool:
    """Return whether two patterns share a text with at most so many colons."""
    if colons is not None and a.count(":") == b.count(":") == colons:
        # No `*` can then stand for a colon.
        pairs = zip(a.split(":"), b.split(":"), strict=True)
        return all(patterns.intersects(one, two, case_sensitive=True) for one, two in pairs)
    return patterns.intersects(a, b, case_sensitive=True)


def _likely(terms: Sequence[Patterns]) -> Iterator[str]:
    """Yield texts that are often the answer, to avoid running the automaton."""
    if not terms:
        yield "example"
        return
    for pattern in terms[0][:_MOST_TRIED]:
        met = [pattern]
        for term in terms[1:]:
            met = [_narrower(one, other) for one in met for other in term[:_MOST_TRIED]]
            met = met[:_MOST_TRIED]
        yield from map(_instance, met)


def _narrower(a: str, b: str) -> str:
    """Return of two ARNs the narrower of each part."""
    one, other = patterns.split_arn(a), patterns.split_arn(b)
    if one is None or other is None:
        return b if patterns.covers(a, b, case_sensitive=True) else a
    return ":".join(
        right if patterns.covers(left, right, case_sensitive=True) else left
        for left, right in zip(one, other, strict=True)
    )


def _is_small(terms: Sequence[Patterns], most: int) -> bool:
    """Return whether comparing all patterns in pairs takes a bounded time."""
    sizes = sorted(sum(map(len, term)) for term in terms)
    return sizes[-1] * sum(sizes[:-1]) <= most


def _is_covered(pattern: str, outside: Patterns) -> bool:
    return any(patterns.covers(other, pattern, case_sensitive=True) for other in outside)


def _is_one(text: str, within: Sequence[Patterns], outside: Patterns) -> bool:
    """Return whether a text is an answer; its own wildcards are escaped."""
    return all(any(patterns.matcher(one)(text) for one in term) for term in within) and not any(
        patterns.matcher(one)(text) for one in outside
    )


def _instance(pattern: str) -> str:
    return pattern.replace("*", "example").replace("?", "0")


class _Walk:
    """The automaton of several unions of patterns.

    Each pattern has a run of bits, one for each position; a set bit is a position that the text so
    far can reach.
    """

    def __init__(self, within: Sequence[Patterns], outside: Patterns) -> None:
        self._size = 0
        self._star = 0
        self._any = 0
        self._literal: dict[str, int] = {}
        self._start = 0
        self.regions: list[int] = []
        self.ends: list[int] = []
        for term in within:
            before = self._size
            self.ends.append(self._add(term))
            self.regions.append((1 << self._size) - (1 << before))
        self._out = self._add(outside)
        fresh = next((one for one in _FRESH if one not in self._literal), None)
        # Represents all characters that no pattern names; a private character otherwise.
        self._other = fresh or "\uf8ff"

    def _add(self, term: Patterns) -> int:
        ends = 0
        for pattern in term:
            self._start |= 1 << self._size
            for char in pattern:
                bit = 1 << self._size
                if char == "*":
                    self._star |= bit
                elif char == "?":
                    self._any |= bit
                else:
                    self._literal[char] = self._literal.get(char, 0) | bit
                self._size += 1
            ends |= 1 << self._size
            self._size += 1
        return ends

    def find(self) -> tuple[Truth, str]:
        start = self._closed(self._start)
        seen = {start}
        stack: list[tuple[int, tuple[object, str] | None]] = [(start, None)]
        while stack:
            state, text = stack.pop()
            if not state & self._out and all(state & end for end in self.ends):
                return True, _joined(text)
            for char, taken in self._next(state):
                if taken in seen or not all(taken & region for region in self.regions):
                    continue
                if len(seen) >= _MOST_STATES:
                    return None, ""
                seen.add(taken)
                stack.append((taken, (text, char)))
        return False, ""

    def _next(self, state: int) -> list[tuple[str, int]]:
        """Return the next state for each character; the unnamed one comes first."""
        stay, step = state & self._star, state & self._any
        found = []
        for char, places in self._literal.items():
            if state & places:
                found.append((char, self._closed(stay | ((step | (state & places)) << 1))))
        found.append((self._other, self._closed(stay | (step << 1))))
        return found

    def _closed(self, state: int) -> int:
        """Add the positions after a `*`, which can match nothing."""
        while True:
            more = state | ((state & self._star) << 1)
            if more == state:
                return state
            state = more


def _joined(text: tuple[object, str] | None) -> str:
    characters: list[str] = []
    link: object = text
    while isinstance(link, tuple):
        link, char = link
        characters.append(char)
    return "".join(reversed(characters))

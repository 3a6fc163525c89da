"""CodePipeline's glob patterns of branches and tags: which names they match, and where two meet.

https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html

`*` matches any characters within one part of a name, `**` crosses slashes, `?` is one character
but a slash, `[abc]`, `[a-c]` and `[!a]` are one character out of a set, `{one,two}` is one of
several, and a backslash takes the next character as it is. The rules are those of Java's
FileSystem.getPathMatcher, so groups are not nested. Excludes win over includes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from landfall.settings.git_names import START, RefState

_SLASH = ord("/")
_LAST = 0x10FFFF
_MOST_STATES = 20_000

Ranges = tuple[tuple[int, int], ...]
_ANY: Ranges = ((0, _LAST),)
_WITHIN: Ranges = ((0, _SLASH - 1), (_SLASH + 1, _LAST))


class GlobError(ValueError):
    """A pattern that is not well formed."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The patterns of one filter. A name fits when an include matches and no exclude does.

    Without includes every name fits that no exclude matches.
    """

    includes: tuple[str, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Glob:
    """A nondeterministic automaton: state to characters and next state; the last state accepts."""

    edges: tuple[tuple[tuple[Ranges, int], ...], ...]
    jumps: tuple[tuple[int, ...], ...]

    @property
    def last(self) -> int:
        return len(self.edges) - 1

    def closed(self, states: Iterable[int]) -> frozenset[int]:
        """Return the states with those that are reached without a character."""
        found, left = set(states), list(states)
        while left:
            for state in self.jumps[left.pop()]:
                if state not in found:
                    found.add(state)
                    left.append(state)
        return frozenset(found)

    def step(self, states: frozenset[int], code: int) -> frozenset[int]:
        """Return the states after one more character."""
        return self.closed(
            [
                after
                for state in states
                for ranges, after in self.edges[state]
                if any(low <= code <= high for low, high in ranges)
            ]
        )


class _Builder:
    """Makes the automaton of one pattern, reading it once."""

    def __init__(self, pattern: str) -> None:
        self._text, self._at = pattern, 0
        self._edges: list[list[tuple[Ranges, int]]] = [[]]
        self._jumps: list[list[int]] = [[]]

    def build(self) -> _Glob:
        """Return the automaton; raises `GlobError`."""
        state, group = 0, -1
        ends: list[int] = []
        while self._at < len(self._text):
            char = self._next()
            if char == "{":
                if group >= 0:
                    raise GlobError("groups cannot be nested")
                group, ends, state = state, [], self._branch(state)
            elif char == "}" and group >= 0:
                state = self._joined([*ends, state])
                group = -1
            elif char == "," and group >= 0:
                ends.append(state)
                state = self._branch(group)
            else:
                state = self._one(state, char)
        if group >= 0:
            raise GlobError("a group '{' is not closed")
        # The accepting state is the last.
        self._jumps[state].append(self._new())
        return _Glob(tuple(map(tuple, self._edges)), tuple(map(tuple, self._jumps)))

    def _one(self, state: int, char: str) -> int:
        if char == "*":
            crosses = self._text[self._at : self._at + 1] == "*"
            self._at += crosses
            loop = self._branch(state)
            self._edges[loop].append((_ANY if crosses else _WITHIN, loop))
            return loop
        if char == "?":
            return self._edge(state, _WITHIN)
        if char == "[":
            return self._edge(state, self._set())
        if char == "\\":
            if self._at == len(self._text):
                raise GlobError("a backslash stands at the end")
            char = self._next()
        return self._edge(state, ((ord(char), ord(char)),))

    def _set(self) -> Ranges:
        end = self._text.find("]", self._at + 1)
        if end < 0:
            raise GlobError("a set '[' is not closed")
        inside, self._at = self._text[self._at : end], end + 1
        excludes, inside = inside[:1] == "!", inside.removeprefix("!")
        found: list[tuple[int, int]] = []
        at = 0
        while at < len(inside):
            # A hyphen at either end is itself.
            wide = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
            low, high = inside[at], inside[at + 2 if wide else at]
            if high < low:
                raise GlobError(f"the range {low}-{high} is backwards")
            found.append((ord(low), ord(high)))
            at += 3 if wide else 1
        if not found:
            raise GlobError("a set '[]' is empty")
        kept = _others(found) if excludes else tuple(found)
        return tuple(_without_slash(kept))

    def _next(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _new(self) -> int:
        self._edges.append([])
        self._jumps.append([])
        return len(self._edges) - 1

    def _edge(self, state: int, ranges: Ranges) -> int:
        after = self._new()
        self._edges[state].append((ranges, after))
        return after

    def _branch(self, state: int) -> int:
        after = self._new()
        self._jumps[state].append(after)
        return after

    def _joined(self, states: Sequence[int]) -> int:
        after = self._new()
        for state in states:
            self._jumps[state].append(after)
        return after


def _others(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    begin = 0
    for low, high in sorted(ranges):
        if begin < low:
            found.append((begin, low - 1))
        begin = max(begin, high + 1)
    if begin <= _LAST:
        found.append((begin, _LAST))
    return tuple(found)


def _without_slash(ranges: Ranges) -> Iterator[tuple[int, int]]:
    for low, high in ranges:
        if not low <= _SLASH <= high:
            yield low, high
            continue
        if low < _SLASH:
            yield low, _SLASH - 1
        if high > _SLASH:
            yield _SLASH + 1, high


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> _Glob:
    return _Builder(pattern).build()


def check(pattern: str) -> None:
    """Raise `GlobError` if a pattern is not well formed."""
    _glob(pattern)


def matches(pattern: str, name: str) -> bool:
    """Return whether a pattern matches a whole name."""
    glob = _glob(pattern)
    states = glob.closed([0])
    for char in name:
        states = glob.step(states, ord(char))
    return glob.last in states


def fits(filter_: Filter, name: str) -> bool:
    """Return whether a name fits a filter."""
    included = not filter_.includes or any(matches(each, name) for each in filter_.includes)
    return included and not any(matches(each, name) for each in filter_.excludes)


class UndecidedError(Exception):
    """The patterns are too many or too intricate to decide."""


@lru_cache(maxsize=4096)
def common_name(one: tuple[Filter, ...], other: tuple[Filter, ...]) -> str | None:
    """Return a shortest name that fits a filter of each side; None if no name can.

    Only names that Git takes for a branch or a tag count. Raises `UndecidedError` and `GlobError`.
    """
    patterns = sorted({p for each in (*one, *other) for p in (*each.includes, *each.excludes)})
    place = {pattern: number for number, pattern in enumerate(patterns)}
    globs = [_glob(pattern) for pattern in patterns]

    def accepts(states: Sequence[frozenset[int]], side: tuple[Filter, ...]) -> bool:
        def has(pattern: str) -> bool:
            return globs[place[pattern]].last in states[place[pattern]]

        return any(
            (not each.includes or any(map(has, each.includes))) and not any(map(has, each.excludes))
            for each in side
        )

    def alive(states: Sequence[frozenset[int]], side: tuple[Filter, ...]) -> bool:
        return any(
            not each.includes or any(states[place[pattern]] for pattern in each.includes)
            for each in side
        )

    start = (START, tuple(glob.closed([0]) for glob in globs))
    codes = _alphabet(globs)
    names: dict[tuple[RefState, tuple[frozenset[int], ...]], str] = {start: ""}
    left = deque([start])
    while left:
        state = left.popleft()
        name, (ref, states) = names[state], state
        if ref.complete and accepts(states, one) and accepts(states, other):
            return name
        for code in codes:
            after = ref.step(chr(code))
            if after is None:
                continue
            moved = tuple(glob.step(each, code) for glob, each in zip(globs, states, strict=True))
            found = (after, moved)
            if found not in names and alive(moved, one) and alive(moved, other):
                names[found] = name + chr(code)
                left.append(found)
        if len(names) > _MOST_STATES:
            raise UndecidedError
    return None


def _alphabet(globs: Iterable[_Glob]) -> list[int]:
    """Return one character for all that neither a pattern nor Git tells apart, letters first."""
    told = {(ord(char), ord(char)) for char in "/.@{-lock"}
    ranges = told | {
        each for glob in globs for edges in glob.edges for ranges, _ in edges for each in ranges
    }
    cuts = sorted({0, *(low for low, _ in ranges), *(high + 1 for _, high in ranges)})
    found = []
    for low, after in zip(cuts, [*cuts[1:], _LAST + 1], strict=True):
        friendly = next((code for code in _friendly() if low <= code < after), None)
        # Beyond ASCII Git takes every character; below, `RefState` refuses what it does not.
        code = friendly if friendly is not None else max(low, 0xA1)
        if code < after and not 0xD800 <= code <= 0xDFFF:
            found.append(code)
    order = {code: number for number, code in enumerate(_friendly())}
    return sorted(found, key=lambda code: (order.get(code, len(order)), code))


@lru_cache(maxsize=1)
def _friendly() -> tuple[int, ...]:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = (chr(code) for code in range(0x21, 0x7F) if chr(code) not in letters)
    return tuple(map(ord, (*letters, *rest)))

"""Suggest the name that a user may have meant."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_SHOWN = 12
# The default cutoff of `difflib.get_close_matches`.
_LEAST = 0.6
# Matches other separators, or one more letter in a long name.
_SAME = 0.95
_WORD = re.compile(r"[a-z]+|[0-9]+")


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice most similar to `name`, if any is similar; ignores case."""
    # Matching takes quadratic time; no name is that long.
    return _known(tuple(choices)).nearest(name[:200].lower())


def suggestion(name: str, choices: Iterable[str]) -> str:
    """Return `did you mean 'x'?` if a choice is similar, otherwise the list of choices."""
    known = _known(tuple(choices))
    near = known.nearest(name[:200].lower())
    return f"did you mean '{near}'?" if near else known.listed


def same_place(name: str, choices: Iterable[str]) -> str:
    """Return a suggestion as `suggestion` does, but never one for a different place.

    For accounts, units and environments: after removing `orders-dev`, never suggest
    `orders-prod`. Every word of the suggestion is similar to a word of `name`.
    """
    known = _known(tuple(choices))
    near = known.nearest(name[:200].lower())
    if near and _is_same_place(name[:200].lower(), near.lower()):
        return f"did you mean '{near}'?"
    return known.listed


def _is_same_place(name: str, choice: str) -> bool:
    words = _WORD.findall(name)
    if _alike("".join(words), "".join(_WORD.findall(choice))) >= _SAME:
        return True
    return all(
        any(_alike(word, other) >= _LEAST for other in words) for word in _WORD.findall(choice)
    )


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(a=one, b=other).ratio()


class _Choices:
    """The choices, indexed for fast look-up of many unknown names."""

    def __init__(self, names: Iterable[str]) -> None:
        known = sorted(names)
        shown = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        self.listed = f"choose one of: {shown}" if known else "none is defined"
        self._by_lower = {name.lower(): name for name in known}
        counted = {name: Counter(name) for name in self._by_lower}
        letters = {each for count in counted.values() for each in _numbered(count)}
        self._bits = {each: 1 << place for place, each in enumerate(sorted(letters))}
        self._masks = [(name, len(name), self._mask(count)) for name, count in counted.items()]

    def nearest(self, name: str) -> str | None:
        """Return the first result of `difflib.get_close_matches` for a name in lower case.

        Compares only a few names: the shared letters give an upper bound of the similarity.
        """
        own, length = self._mask(Counter(name)), len(name)
        bounds = [
            (2 * (mask & own).bit_count() / (length + other), choice)
            for choice, other, mask in self._masks
            if length + other
        ]
        matcher = difflib.SequenceMatcher(b=name)
        best = (_LEAST, "")
        for bound, choice in sorted(bounds, reverse=True):
            if bound < best[0]:
                break
            matcher.set_seq1(choice)
            best = max(best, (matcher.ratio(), choice))
        return self._by_lower[best[1]] if best[1] else None

    def _mask(self, count: Counter[str]) -> int:
        return sum(self._bits.get(each, 0) for each in _numbered(count))


def _numbered(count: Counter[str]) -> list[tuple[str, int]]:
    """Return each letter with a number, so that repeated letters differ."""
    return [(letter, number) for letter, many in count.items() for number in range(many)]


@lru_cache(maxsize=16)
def _known(names: tuple[str, ...]) -> _Choices:
    return _Choices(names)

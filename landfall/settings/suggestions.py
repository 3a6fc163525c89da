"""What somebody may have meant."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_SHOWN = 12
# As `difflib.get_close_matches` has it.
_LEAST = 0.6
# The same name with other separators, or with a letter more in a long name.
_SAME = 0.95
_WORD = re.compile(r"[a-z]+|[0-9]+")


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice that looks most like `name`, if one does; case does not matter."""
    # Matching costs the square of the length; no name is that long.
    return _known(tuple(choices)).nearest(name[:200].lower())


def suggestion(name: str, choices: Iterable[str]) -> str:
    """Return `did you mean 'x'?` where a choice is near, else what there is to choose from."""
    known = _known(tuple(choices))
    near = known.nearest(name[:200].lower())
    return f"did you mean '{near}'?" if near else known.listed


def same_place(name: str, choices: Iterable[str]) -> str:
    """Return a suggestion as `suggestion` does, but none that leads to another place.

    For accounts, units and environments: who removes `orders-dev` must not be sent to
    `orders-prod`. Every word of what is suggested is like a word of `name`.
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
    """Names to choose from, ready to be asked for many that are none of them."""

    def __init__(self, names: Iterable[str]) -> None:
        known = sorted(names)
        shown = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        self.listed = f"there is {shown}" if known else "there is none"
        self._by_lower = {name.lower(): name for name in known}
        counted = {name: Counter(name) for name in self._by_lower}
        letters = {each for count in counted.values() for each in _numbered(count)}
        self._bits = {each: 1 << place for place, each in enumerate(sorted(letters))}
        self._masks = [(name, len(name), self._mask(count)) for name, count in counted.items()]

    def nearest(self, name: str) -> str | None:
        """Return what `difflib.get_close_matches` finds first for a name in lower case.

        Few names are compared with it: the letters that both have bound how alike they can be.
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
    """Return each letter with a number, so that the second of a kind is another one."""
    return [(letter, number) for letter, many in count.items() for number in range(many)]


@lru_cache(maxsize=16)
def _known(names: tuple[str, ...]) -> _Choices:
    return _Choices(names)

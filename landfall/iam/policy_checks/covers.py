"""Lists of patterns: whether a list covers a pattern, without comparing each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from landfall.iam import patterns

# Lists of patterns that people write are far shorter; any other is not compared.
_MOST_COMPARED: Final = 2_000


class Cover:
    """The patterns of one list: exact texts, those with one `*` at the end, and all others."""

    __slots__ = ("_exact", "_others", "_prefixes", "_shortest")

    def __init__(self, texts: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._prefixes: set[str] = set()
        self._others: list[str] = []
        for text in texts:
            if not patterns.has_wildcard(text):
                self._exact.add(text)
            elif text.find("*") == len(text) - 1 and "?" not in text:
                self._prefixes.add(text[:-1])
            else:
                self._others.append(text)
        self._shortest = min(map(len, self._prefixes), default=0)

    @property
    def is_wide(self) -> bool:
        """Whether any of the patterns has a wildcard."""
        return bool(self._prefixes or self._others)

    def takes(self, text: str, *, beside_itself: bool = False) -> bool:
        """Return whether one pattern certainly covers another; `beside_itself`: a different one."""
        if not beside_itself and text in self._exact:
            return True
        if self._prefixes:
            # A prefix of the whole text but its last star is the text itself.
            longest = len(text) + 1 if not text.endswith("*") else len(text)
            longest -= beside_itself and text.endswith("*")
            if any(text[:end] in self._prefixes for end in range(self._shortest, longest)):
                return True
        return any(
            patterns.covers(one, text, case_sensitive=True)
            for one in self._others[:_MOST_COMPARED]
            if not (beside_itself and one == text)
        )

    def takes_all(self, texts: Sequence[str]) -> bool:
        """Return whether each of some patterns is covered."""
        return all(map(self.takes, texts))


@lru_cache(maxsize=2048)
def cover(texts: tuple[str, ...]) -> Cover:
    """Return the patterns of a list of ARNs as one."""
    return Cover(texts)


@lru_cache(maxsize=2048)
def cover_of_actions(texts: tuple[str, ...]) -> Cover:
    """Return the patterns of a list of actions as one; ask it in lower case."""
    return Cover(text.lower() for text in texts)

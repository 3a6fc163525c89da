"""Remove malformed parts from a document, so that checks across settings still run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landfall.settings.source import Path


class Pruned:
    """A document without the paths that were cut; tracks shifted list indices."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._kept: dict[Path, list[int]] = {}
        self.cuts: set[Path] = set()
        self._at_or_above_cuts: set[Path] = set()

    def cut(self, path: Path) -> None:
        """Cut a path of the original document."""
        self.cuts.add(path)
        self._at_or_above_cuts.update(_upwards(path))

    def value(self) -> dict[str, Any]:
        """Return the remaining document."""
        self._kept.clear()
        left: dict[str, Any] = self._left(self._document, (), ())
        return left

    def original(self, path: Path) -> Path:
        """Return the original path of a path in the remaining document."""
        result: Path = ()
        for position, part in enumerate(path):
            kept = self._kept.get(path[:position], [])
            moved = isinstance(part, int) and part < len(kept)
            result = (*result, kept[part] if isinstance(part, int) and moved else part)
        return result

    def cut_at_or_below(self, path: Path) -> bool:
        """Return whether something at or below `path` is cut."""
        return path in self._at_or_above_cuts

    def hides(self, about: Path) -> bool:
        """Return whether something at, above or below `about` is cut."""
        if not about:
            return False
        return about in self._at_or_above_cuts or any(
            path in self.cuts for path in _upwards(about) if path
        )

    def _left(self, value: Any, path: Path, new_path: Path) -> Any:
        if isinstance(value, Mapping):
            return {
                key: self._left(item, (*path, key), (*new_path, key))
                for key, item in value.items()
                if (*path, key) not in self.cuts
            }
        if isinstance(value, list):
            kept = [index for index in range(len(value)) if (*path, index) not in self.cuts]
            self._kept[new_path] = kept
            return [
                self._left(value[index], (*path, index), (*new_path, new))
                for new, index in enumerate(kept)
            ]
        return value


def _upwards(path: Path) -> Iterator[Path]:
    """Yield a path and each of its ancestors."""
    for length in range(len(path), -1, -1):
        yield path[:length]

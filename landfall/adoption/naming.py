"""Stack file keys for names that AWS allows but a stack file does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class Keys:
    """Assign unique keys; keys that differ only in case count as equal."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {key.lower() for key in taken}

    def name(self, name: str, fallback: str) -> str:
        """Return a key of letters, digits, '-', '_' and '.' that starts with a letter or digit."""
        plain = _NAME.sub("-", name).strip("-._")[:100].strip("-._")
        return self._free(plain or fallback, 100)

    def unit(self, name: str, fallback: str) -> str:
        """Return a unit's key: its name without slashes, outer spaces and unprintables."""
        plain = "".join(c if c.isprintable() and c != "/" else "-" for c in name).strip()[:128]
        return self._free(plain.strip() or fallback, 128)

    def _free(self, key: str, most: int) -> str:
        found, number = key, 1
        while found.lower() in self._taken:
            number += 1
            end = f"-{number}"
            found = f"{key[: most - len(end)]}{end}"
        self._taken.add(found.lower())
        return found

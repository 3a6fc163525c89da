"""Policy documents as text: JSON or not, and the statements in them."""

from __future__ import annotations

import json
import re
from typing import Any


def parse(text: str) -> dict[str, Any] | None:
    """Return the document, or None if the text is not a JSON object or repeats a key."""
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def statements(document: dict[str, Any]) -> list[Any]:
    """Return the statements as a list, even a single one; empty if there are none."""
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def listed(value: Any) -> list[Any]:
    """Return a value as a list, unless it is one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def size(text: str) -> int:
    """Return the number of characters for IAM's quotas: without white space."""
    return len(re.sub(r"\s", "", text))

"""Compare policy documents by meaning, independent of how they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def alike(one: Any, other: Any) -> bool:
    """Return whether two parsed documents are equivalent.

    To IAM, a list of one value equals the value, and the order of a list does not matter.
    """
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_canonical(item) for item in value]
        return items[0] if len(items) == 1 else sorted(items, key=lambda item: json.dumps(item))
    return value

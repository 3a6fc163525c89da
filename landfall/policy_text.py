"""Compares policy documents by what they say, not by how AWS or a person writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def alike(one: Any, other: Any) -> bool:
    """Tell whether two parsed documents say the same.

    To IAM a list of one is the same as its value, and the order of a list is no matter.
    """
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_canonical(item) for item in value]
        return items[0] if len(items) == 1 else sorted(items, key=lambda item: json.dumps(item))
    return value

"""The stack's config from the engine."""

import json
from typing import Any

from pulumi.runtime.config import CONFIG

__all__ = ["engine_config"]

_NAMESPACES = ("aws:", "landfall:")


def engine_config() -> dict[str, Any]:
    """Return full keys to plain values; the engine passes structured values as JSON."""
    return {
        key: _plain(value) for key, value in CONFIG.get().items() if key.startswith(_NAMESPACES)
    }


def _plain(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text

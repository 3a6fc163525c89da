"""Settings of several kinds, distinguished by their keys."""

from __future__ import annotations

from typing import Any

from pydantic import Discriminator


def by_key(keys: dict[str, str]) -> Discriminator:
    """Return a discriminator that selects a union's tag by key; `keys` maps keys to tags."""

    def chosen(value: Any) -> str | None:
        if isinstance(value, dict):
            return next((tag for key, tag in keys.items() if key in value), None)
        return next((tag for tag in keys.values() if tag == type(value).__name__), None)

    names = ", ".join(f"'{key}'" for key in keys)
    return Discriminator(
        chosen,
        custom_error_type="missing_kind",
        custom_error_message=f"needs one of {names}; add the key of its kind",
    )

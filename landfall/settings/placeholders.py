"""Placeholders in settings of a deployment: `{environment}`, `{accountId}` and `{region}`.

An application has one `deploy` for several environments and accounts, but each has a state of its
own.
"""

from __future__ import annotations

ONE = r"\{(?:environment|accountId|region)\}"
"""A placeholder, as a regular expression."""


def filled(text: str, **values: str) -> str:
    """Return a text with the placeholders of these names replaced."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text

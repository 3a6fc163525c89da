"""Checks of tags against AWS's rules.

https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from landfall.settings import keys
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_ALLOWED = re.compile(r"[\w\s.:/=+\-@]*", re.UNICODE)


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in tags of the stack, units and accounts."""
    yield from _tags(stack, (keys.TAGS,), stack.tags)
    for name, unit in stack.organization.walk():
        yield from _tags(stack, (*references.unit_path(name), "tags"), unit.tags)
    for name, account in stack.accounts.items():
        merged = {**stack.tags, **account.tags}
        yield from _tags(stack, (keys.ACCOUNTS, name, "tags"), account.tags, len(merged))


def _tags(
    stack: Stack, path: Path, tags: Mapping[str, str], count: int | None = None
) -> Iterator[Mistake]:
    limit = stack.quota("tagsPerResource")
    if (count or len(tags)) > limit:
        yield Mistake(
            path,
            f"there are {count or len(tags)} tags",
            f"AWS allows {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            fix = "a key has 1 to 128 characters, a value at most 256"
            yield Mistake(
                (*path, key), "the tag is too long, or has no key", fix, kind=Kind.EXCEEDS_LIMIT
            )
        if key.lower().startswith("aws:"):
            yield Mistake(
                (*path, key),
                "the key prefix 'aws:' is reserved",
                "choose another key",
                kind=Kind.NAME_TAKEN,
            )
        if not _ALLOWED.fullmatch(key) or not _ALLOWED.fullmatch(value):
            fix = "use letters, digits, spaces and . : / = + - @ _"
            yield Mistake(
                (*path, key), "the tag has an invalid character", fix, kind=Kind.INVALID_VALUE
            )

"""Patterns of files in buildspecs.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, 'artifacts'.
"""

from __future__ import annotations

import re
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Return whether a relative path matches: `**` crosses folders, `*` does not."""
    return _expression(pattern.removeprefix("./")).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.rstrip("/")):
        parts.append(
            {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
        )
    return re.compile("".join(parts))

"""Which files of a build become an artifact, and under which names.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, 'artifacts'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

from landfall.rehearsal.buildspec import Files


class NothingFoundError(Exception):
    """No file matches: CodeBuild ends UPLOAD_ARTIFACTS in CLIENT_ERROR."""


def selected(files: Files, paths: Iterable[str]) -> dict[str, str]:
    """Return the chosen of `paths`, relative to the base directory, by their names in the artifact.

    Raises:
        NothingFoundError: no file matches.

    """
    taken: dict[str, str] = {}
    for path in sorted(paths):
        if any(_matches(pattern, path) for pattern in files.excluded):
            continue
        if any(_matches(pattern, path) for pattern in files.files):
            taken[PurePosixPath(path).name if files.flat else path] = path
    if not taken:
        patterns = ", ".join(files.files)
        where = f" in {files.base}" if files.base else ""
        raise NothingFoundError(f"no matching artifact paths found{where}: {patterns}")
    return taken


def _matches(pattern: str, path: str) -> bool:
    return _expression(pattern.removeprefix("./")).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern's expression: `**` crosses folders, `*` does not; a folder is all of it."""
    parts = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.rstrip("/")):
        parts.append(
            {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
        )
    return re.compile("".join(parts))

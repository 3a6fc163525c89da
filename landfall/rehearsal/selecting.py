"""Which files of a build become an artifact, and under which names.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, 'artifacts'.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from landfall.rehearsal.buildspec import Files
from landfall.rehearsal.patterns import matches


class NothingFoundError(Exception):
    """No file matches: CodeBuild ends UPLOAD_ARTIFACTS in CLIENT_ERROR."""


def selected(files: Files, paths: Iterable[str]) -> dict[str, str]:
    """Return the chosen of `paths`, relative to the base directory, by their names in the artifact.

    Raises:
        NothingFoundError: no file matches.

    """
    taken: dict[str, str] = {}
    for path in sorted(paths):
        if any(matches(pattern, path) for pattern in files.excluded):
            continue
        if any(matches(pattern, path) for pattern in files.files):
            taken[PurePosixPath(path).name if files.flat else path] = path
    if not taken:
        patterns = ", ".join(files.files)
        where = f" in {files.base}" if files.base else ""
        raise NothingFoundError(f"no matching artifact paths found{where}: {patterns}")
    return taken

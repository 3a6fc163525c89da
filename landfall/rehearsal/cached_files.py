"""Which files a build's cache has, and their archive.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, 'cache'.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landfall.rehearsal.patterns import matches

_SOURCES: Final = "sources"
_HOME: Final = "home"
# A build on AWS runs as root.
_OF_HOME: Final = ("/root/", "~/")


class PathError(Exception):
    """A path of a cache that a rehearsal does not take, with the reason."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a build whose files a cache can have: its sources, and `/root`, its home."""

    sources: Path
    home: Path

    def placed(self, path: str) -> str:
        """Return a path of a buildspec as `sources/...` or `home/...`.

        Raises:
            PathError: it is in neither; then it would be a file of this machine.

        """
        kind, rest = _SOURCES, path.removeprefix(f"{self.sources}/")
        for start in (*_OF_HOME, f"{self.home}/"):
            if path.startswith(start):
                kind, rest = _HOME, path.removeprefix(start)
        found = os.path.normpath(rest)
        if rest.startswith("/") or found == "." or found.startswith(".."):
            raise PathError(f"{path} is neither below the sources nor below /root")
        return f"{kind}/{found}"

    def folder(self, placed: str) -> Path:
        """Return the folder or file of this machine for a placed path."""
        kind, _, rest = placed.partition("/")
        return (self.home if kind == _HOME else self.sources) / rest

    def files(self) -> Iterator[str]:
        """Yield every file as a placed path; links are files."""
        for kind, top in ((_SOURCES, self.sources), (_HOME, self.home)):
            for folder, folders, files in os.walk(top):
                links = [each for each in folders if (Path(folder) / each).is_symlink()]
                for name in (*files, *links):
                    yield f"{kind}/{(Path(folder) / name).relative_to(top)}"


def version(paths: Sequence[str]) -> str:
    """Return the version of a cache: caches of other paths are other caches."""
    return hashlib.sha256("\0".join(paths).encode()).hexdigest()[:32]


def is_within(placed: str, patterns: Sequence[str]) -> bool:
    """Return whether a placed path matches a placed pattern; a folder is all of it."""
    return any(
        matches(pattern, placed) or matches(f"{pattern.rstrip('/')}/**/*", placed)
        for pattern in patterns
    )


def packed(places: Places, patterns: Sequence[str]) -> bytes:
    """Return the archive of the files that match, or nothing if there are none."""
    chosen = sorted(each for each in places.files() if is_within(each, patterns))
    if not chosen:
        return b""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for each in chosen:
            archive.add(places.folder(each), each, recursive=False)
    return buffer.getvalue()


def unpacked(body: bytes, places: Places, patterns: Sequence[str]) -> list[str]:
    """Unpack an archive over the files that exist; return the entries that it may not have.

    Raises:
        tarfile.TarError: it is no archive.

    """
    skipped = []
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive:
            kind, _, rest = member.name.partition("/")
            if kind not in (_SOURCES, _HOME) or not is_within(member.name, patterns):
                skipped.append(member.name)
                continue
            top = places.home if kind == _HOME else places.sources
            try:
                archive.extract(member.replace(name=rest), top, filter="data")
            except tarfile.FilterError:
                skipped.append(member.name)
    return skipped

"""The tool `codebuild-hash-files` of builds: one hash of all files that match patterns.

https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html. AWS does not say how the
hashes of several files are combined.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from landfall.rehearsal.patterns import matches

NAME: Final = "codebuild-hash-files"


def install(folder: Path) -> None:
    """Write the tool into a folder of a build's PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    command = shlex.join([sys.executable, "-I", "-m", __name__])
    tool = folder / NAME
    tool.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    tool.chmod(0o755)


def of(sources: Path, patterns: Sequence[str]) -> str:
    """Return the SHA-256 of the files below the sources that match; nothing if there are none."""
    found = sorted(
        str((Path(folder) / name).relative_to(sources))
        for folder, _, names in os.walk(sources)
        for name in names
    )
    chosen = [each for each in found if any(matches(pattern, each) for pattern in patterns)]
    if not chosen:
        return ""
    whole = hashlib.sha256()
    for each in chosen:
        whole.update(hashlib.sha256((sources / each).read_bytes()).digest())
    return whole.hexdigest()


def main(patterns: Sequence[str]) -> int:
    """Print the hash of the files of the build's sources."""
    if not patterns:
        print(f"usage: {NAME} PATTERN...", file=sys.stderr)
        return 2
    print(of(Path(os.environ.get("CODEBUILD_SRC_DIR", ".")), patterns))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

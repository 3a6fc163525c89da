"""The provider's schema on disk, so that names are known without a process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def cache_directory(environment: Mapping[str, str]) -> Path:
    """`${XDG_CACHE_HOME:-~/.cache}/landfall/provider`."""
    root = environment.get("XDG_CACHE_HOME", "")
    base = Path(root) if root.startswith("/") else Path(environment.get("HOME", "~")).expanduser()
    return (base if root.startswith("/") else base / ".cache") / "landfall" / "provider"


def binary_key(binary: Path) -> str:
    """Return a key for a provider binary: file name, which contains the version, and size."""
    return f"{binary.name}-{binary.stat().st_size}"


class SchemaCache:
    """One file of the cache, written atomically."""

    def __init__(self, directory: Path, binary: Path) -> None:
        self._file = directory / f"schema-{binary_key(binary)}.pb"

    def read(self) -> bytes | None:
        """Return the serialized schema, None if it is not cached."""
        try:
            return self._file.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, serialized: bytes) -> None:
        """Keep the serialized schema."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._file.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(serialized)
        Path(name).replace(self._file)

"""Assets and archives as files: Terraform needs a path, Pulumi sends content with a hash.

A file is named by Pulumi's hash, so that changed content is a changed path and thereby a change
in Terraform's plan. The engine omits the content in a diff; the name is then
enough.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.values.properties import Asset, Value

# Zip's earliest date, so that an archive's bytes depend only on its content.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class AssetFiles:
    """Write assets below `directory`; relative paths start at `base`."""

    def __init__(self, directory: Path, base: Path) -> None:
        self.directory = directory
        self._base = base

    def path(self, asset: Asset) -> str:
        """The path of the asset's file, which is written where the content is at hand."""
        if not asset.digest:
            raise ProviderError("an asset came without its hash")
        target = self.directory / (asset.digest + (".zip" if asset.is_archive else ""))
        if not target.exists() and _has_content(asset):
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self.directory)
            with os.fdopen(handle, "wb") as file:
                file.write(self._content(asset))
            Path(name).replace(target)
        return str(target)

    def _content(self, asset: Asset) -> bytes:
        if isinstance(asset.raw.get("text"), str) and not asset.raw.get("path"):
            return str(asset.raw["text"]).encode()
        if isinstance(asset.raw.get("assets"), Mapping):
            return _zip(self._entries(asset.raw["assets"]))
        if asset.raw.get("path"):
            source = self._base / str(asset.raw["path"])
            try:
                return _zip(_tree(source)) if source.is_dir() else source.read_bytes()
            except OSError as error:
                raise ProviderError(f"asset {source}: {error.strerror}") from error
        raise ProviderError("an asset is given by a URI; the sandbox reads text and files only")

    def _entries(self, assets: Mapping[str, Value]) -> Iterator[tuple[str, bytes]]:
        for name in sorted(assets):
            inner = assets[name]
            if not isinstance(inner, Asset):
                raise ProviderError(f"archive entry {name} is no asset")
            if inner.is_archive:
                with zipfile.ZipFile(io.BytesIO(self._content(inner))) as archive:
                    for entry in sorted(archive.namelist()):
                        yield f"{name}/{entry}", archive.read(entry)
            else:
                yield name, self._content(inner)


def _has_content(asset: Asset) -> bool:
    return any(asset.raw.get(key) for key in ("path", "uri", "assets")) or "text" in asset.raw


def _tree(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _zip(entries: Iterator[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o755 << 16
            archive.writestr(info, content)
    return buffer.getvalue()

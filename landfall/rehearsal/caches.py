"""The cache of a build: restored before its phases, saved after them; without it, a build goes on.

https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html
https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html

A source cache keeps the Git metadata of a clone: the artifacts of a pipeline have none, so
CodeBuild ignores it. Layers of Docker are not rehearsed. Where a buildspec names no paths, AWS also
keeps what common package managers download; here it is no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from landfall.rehearsal import cached_files
from landfall.rehearsal.build_log import BuildLog
from landfall.rehearsal.buildspec import Cache
from landfall.rehearsal.cached_files import PathError, Places

_CUSTOM: Final = "LOCAL_CUSTOM_CACHE"
_MISSING: Final = ("NoSuchKey", "404", "NotFound")


class Kept(Protocol):
    """A cache of one build."""

    def restore(self) -> None:
        """Get the files of earlier builds."""

    def save(self) -> None:
        """Keep the files for later builds."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a cache needs to know of its build.

    `client` is S3's, as the build's role. `host` is the folder of the project's host, and
    `expanded` returns a text with the values of its commands and variables.
    """

    project: Mapping[str, Any]
    arn: str
    client: Any
    places: Places
    log: BuildLog
    host: Callable[[], Path]
    expanded: Callable[[str], str]


@contextlib.contextmanager
def of(cache: Cache, given: Given) -> Iterator[Kept]:
    """Yield the cache of a build; one without a cache in its project or its buildspec has none."""
    wanted = given.project.get("cache") or {}
    kind = wanted.get("type", "NO_CACHE")
    paths = _placed(cache.paths, given) if kind != "NO_CACHE" else []
    if not paths:
        yield _None()
    elif kind == "S3":
        yield S3Cache(cache, given, paths)
    elif _CUSTOM in wanted.get("modes", ()):
        with _host(given) as folder:
            yield LocalCache(paths, given, folder)
    else:
        yield _None()


def _placed(paths: Sequence[str], given: Given) -> list[str]:
    found = []
    for path in paths:
        try:
            found.append(given.places.placed(path))
            given.log.write(f"[Container] Expanded cache path {path}")
        except PathError as error:
            given.log.write(f"[Container] Cache path is not rehearsed: {error}")
    return found


class _None:
    """No cache."""

    def restore(self) -> None:
        """Do nothing."""

    def save(self) -> None:
        """Do nothing."""


class S3Cache:
    """A cache in S3, read and written as the build's role.

    Without a key, each build replaces it. With one, it is written once and never changed.
    """

    def __init__(self, cache: Cache, given: Given, paths: Sequence[str]) -> None:
        self._cache, self._given, self._paths = cache, given, paths
        wanted = given.project["cache"]
        self._bucket, _, prefix = wanted["location"].partition("/")
        own = hashlib.sha256(given.arn.encode()).hexdigest()[:32]
        parts = [prefix.strip("/"), own]
        if cache.key:
            parts = [parts[0], wanted.get("cacheNamespace") or own, cached_files.version(paths)]
        self._context = self._object = "/".join(each for each in parts if each)
        self._key = ""
        self._is_found = False

    def restore(self) -> None:
        """Restore the cache of the key, or the newest whose key begins with a fallback key."""
        cache = self._cache
        if cache.key:
            self._key = self._given.expanded(cache.key)
            self._object = f"{self._context}/{self._key}"
        if not cache.restores:
            return
        self._say("Downloading S3 cache...")
        try:
            body = self._get(self._object)
            self._is_found = body is not None
            if body is None:
                body = self._fallback()
        except ClientError as error:
            self._say(f"Unable to download cache: {_told(error)}")
            return
        if body is None:
            self._say("No cache was found")
            return
        self._say("Unarchiving cache...")
        try:
            for name in cached_files.unpacked(body, self._given.places, self._paths):
                why = "is not within allowed cache paths"
                self._say(f'Skipping cache entry: path "{name}" {why}')
        except tarfile.TarError as error:
            self._say(f"Unable to unarchive cache: {error}")

    def save(self) -> None:
        """Save the files, unless the key has a cache."""
        if not self._cache.saves or (self._key and self._exists()):
            return
        body = cached_files.packed(self._given.places, self._paths)
        if not body:
            self._say("No file matches the paths of the cache")
            return
        self._say("Uploading S3 cache...")
        key = self._given.project.get("encryptionKey")
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        try:
            self._given.client.put_object(
                Bucket=self._bucket, Key=self._object, Body=body, **sealed
            )
        except ClientError as error:
            self._say(f"Unable to upload cache: {_told(error)}")

    def _get(self, name: str) -> bytes | None:
        try:
            answer = self._given.client.get_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def _fallback(self) -> bytes | None:
        for text in self._cache.fallbacks:
            prefix = f"{self._context}/{self._given.expanded(text)}"
            pages = self._given.client.get_paginator("list_objects_v2")
            found = [
                each
                for page in pages.paginate(Bucket=self._bucket, Prefix=prefix)
                for each in page.get("Contents", ())
            ]
            if found:
                newest = max(found, key=lambda each: (each["LastModified"], each["Key"]))
                return self._get(newest["Key"])
        return None

    def _exists(self) -> bool:
        if self._is_found:
            return True
        try:
            self._given.client.head_object(Bucket=self._bucket, Key=self._object)
        except ClientError:
            return False
        return True

    def _say(self, text: str) -> None:
        self._given.log.write(f"[Container] {text}")


class LocalCache:
    """Folders of the host to which folders of the build are links."""

    def __init__(self, paths: Sequence[str], given: Given, host: Path) -> None:
        self._paths, self._given, self._host = paths, given, host

    def restore(self) -> None:
        """Link the folders; a file of the sources replaces the cached one of its name."""
        for path in self._paths:
            folder = path.removesuffix("/**/*").removesuffix("/**")
            if any(each in folder for each in "*?["):
                why = "only directories can be cached locally"
                self._say(f"Unable to initialize cache download: {why}: {path}")
                continue
            self._link(self._given.places.folder(folder), self._host / "custom" / folder)

    def save(self) -> None:
        """Do nothing: what the build wrote is on the host."""

    def _link(self, folder: Path, kept: Path) -> None:
        if folder.is_file():
            self._say(f"Unable to cache {folder}: only directories can be cached locally")
            return
        kept.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            shutil.copytree(folder, kept, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(kept)
        self._say(f"Symlinking: {folder} => {kept}")

    def _say(self, text: str) -> None:
        self._given.log.write(f"[Container] {text}")


_busy: set[Path] = set()
_lock = threading.Lock()


@contextlib.contextmanager
def _host(given: Given) -> Iterator[Path]:
    """Yield the folder of the project's host; a build beside another runs on an empty host."""
    folder = given.host()
    with _lock:
        is_free = folder not in _busy
        _busy.add(folder)
    try:
        yield folder if is_free else given.places.home.with_name("host")
    finally:
        if is_free:
            with _lock:
                _busy.discard(folder)


def _told(error: ClientError) -> str:
    said = error.response["Error"]
    return f"{said['Code']}: {said.get('Message', '')}"

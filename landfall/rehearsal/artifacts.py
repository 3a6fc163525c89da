"""Artifacts: zip files in the pipeline's bucket, read and written as the role of whoever does.

https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html
"""

from __future__ import annotations

import io
import os
import secrets
import string
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from landfall.rehearsal.results import ActionError, Location
from landfall.rehearsal.sandbox import Sandbox, Session

_LETTERS: Final = string.ascii_letters + string.digits
_PIPELINE, _ARTIFACT, _RANDOM = 20, 10, 7


@dataclass(frozen=True, slots=True)
class ArtifactStore:
    """The artifact store of a pipeline in one region; `key` encrypts what is written."""

    pipeline: str
    bucket: str
    key: str | None = None

    def fresh(self, artifact: str) -> Location:
        """Return where a new artifact goes: CodePipeline cuts both names."""
        unique = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
        names = (self.pipeline[:_PIPELINE], artifact[:_ARTIFACT], unique)
        return Location(self.bucket, "/".join(names))


def store_of(pipeline: Mapping[str, Any], region: str) -> ArtifactStore:
    """Return the artifact store of a pipeline for the actions of a region."""
    stores = pipeline.get("artifactStores", {})
    store = stores.get(region) or pipeline.get("artifactStore") or next(iter(stores.values()))
    key = store.get("encryptionKey", {}).get("id")
    return ArtifactStore(pipeline["name"], store["location"], key)


def put(
    sandbox: Sandbox,
    session: Session,
    region: str,
    store: ArtifactStore,
    artifact: str,
    body: bytes,
) -> Location:
    """Write an artifact, encrypted with the store's key; return where it is.

    Raises:
        ActionError: the session may not.

    """
    where = store.fresh(artifact)
    sealed = {"ServerSideEncryption": "aws:kms"} | ({"SSEKMSKeyId": store.key} if store.key else {})
    try:
        sandbox.client("s3", region, session).put_object(
            Bucket=where.bucket, Key=where.key, Body=body, **sealed
        )
    except ClientError as error:
        raise ActionError(
            f"Cannot write artifact {artifact} to s3://{where.bucket}/{where.key}: "
            f"{error.response['Error'].get('Message', '')}",
            "PermissionError",
        ) from None
    return where


def get(
    sandbox: Sandbox, session: Session, region: str, artifact: str, where: Location | None
) -> bytes:
    """Read an artifact.

    Raises:
        ActionError: no action gave it, it is gone, or the session may not read it.

    """
    if where is None:
        raise ActionError(
            f"Artifact {artifact} is missing: no action gave it.", "ConfigurationError"
        )
    try:
        answer = sandbox.client("s3", region, session).get_object(
            Bucket=where.bucket, Key=where.key
        )
        body: bytes = answer["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise ActionError(
            f"Cannot read artifact {artifact} at s3://{where.bucket}/{where.key}: "
            f"{error.response['Error'].get('Message', '')}",
            "PermissionError" if code.startswith("AccessDenied") else "JobFailed",
        ) from None
    return body


def unpacked(body: bytes, artifact: str, folder: Path) -> None:
    """Unpack an artifact into a folder, with the files' modes.

    Raises:
        ActionError: it is no zip file.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.infolist():
                path = archive.extract(member, folder)
                mode = member.external_attr >> 16 & 0o777
                if mode and not member.is_dir():
                    os.chmod(path, mode | 0o400)
    except zipfile.BadZipFile:
        raise ActionError(f"Artifact {artifact} is not a valid zip file.") from None


def packed(files: Mapping[str, Path]) -> bytes:
    """Return a zip file of files by their names in it; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (path.stat().st_mode & 0o777) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def combined(bodies: Sequence[bytes]) -> bytes:
    """Return one zip file of several; of files with the same name, the last one's."""
    found: dict[str, tuple[zipfile.ZipInfo, bytes]] = {}
    for body in bodies:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found |= {each.filename: (each, archive.read(each)) for each in archive.infolist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for _, (entry, content) in sorted(found.items()):
            archive.writestr(entry, content)
    return buffer.getvalue()


def file_of(body: bytes, name: str) -> str | None:
    """Return the text of a file of an artifact; None if it has no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return archive.read(name).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, KeyError):
        return None


def paths(folder: Path) -> list[str]:
    """Return the files of a folder, relative to it; none if it does not exist."""
    if not folder.is_dir():
        return []
    return [str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()]

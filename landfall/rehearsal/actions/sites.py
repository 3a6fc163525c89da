"""The S3 deploy action.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html
"""

from __future__ import annotations

import io
import mimetypes
import zipfile
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.work import Work


def run(work: Work) -> Result:
    """Write the files of the input artifact, or the artifact itself, into the bucket."""
    config, name = work.configuration, work.input_names[0]
    body = work.read(name)
    client = work.client("s3")
    written = 0
    for key, content in _objects(work, body):
        try:
            client.put_object(
                Bucket=config["BucketName"], Key=key, Body=content, **_options(work, key)
            )
        except ClientError as error:
            said = error.response["Error"].get("Message", "")
            where = f"s3://{config['BucketName']}/{key}"
            raise ActionError(f"Cannot write {where}: {said}", "PermissionError") from None
        written += 1
    return Result(
        summary=f"{written} objects in {config['BucketName']}",
        live=live(work),
        more=f"aws s3 ls --recursive s3://{config['BucketName']}",
    )


def _objects(work: Work, body: bytes) -> Iterator[tuple[str, bytes]]:
    key = work.configuration.get("ObjectKey", "")
    if work.configuration["Extract"] != "true":
        yield key, body
        return
    prefix = f"{key.strip('/')}/" if key.strip("/") else ""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except zipfile.BadZipFile:
        raise ActionError(f"Artifact {work.input_names[0]} is not a valid zip file.") from None
    with archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield prefix + member.filename, archive.read(member)


def _options(work: Work, key: str) -> dict[str, Any]:
    config = work.configuration
    found: dict[str, Any] = {"ContentType": mimetypes.guess_type(key)[0] or "binary/octet-stream"}
    if "CannedACL" in config:
        found["ACL"] = config["CannedACL"]
    if "CacheControl" in config:
        found["CacheControl"] = config["CacheControl"]
    if "KMSEncryptionKeyARN" in config:
        found |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": config["KMSEncryptionKeyARN"]}
    return found


def live(work: Work) -> str:
    """Return what is live in the account: how many objects, and the digest of the first page."""
    bucket = work.configuration["BucketName"]
    entered = work.sandbox.entered(work.account, work.region)
    client = work.sandbox.client("s3", work.region, entered)
    try:
        found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    except ClientError as error:
        return f"bucket {bucket}: {error.response['Error'].get('Message', '')}"
    page = next((each for each in found if each["Key"].endswith("index.html")), None)
    shown = f", {page['Key']} {page['ETag'].strip(chr(34))[:12]}" if page else ""
    return f"bucket {bucket}: {len(found)} objects{shown}"

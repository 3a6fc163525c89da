"""The body of a request: received once, and readable again by the emulator."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any, cast

Environ = dict[str, Any]

_BODY = "landfall.body"
"""The WSGI environment key of the received body."""


def receive(environ: Environ) -> None:
    """Read the whole body of a request from its connection, and store it in `environ`."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = environ["wsgi.input"].read()
        environ.pop("HTTP_TRANSFER_ENCODING")
    else:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
    replace_body(environ, body)


def read_body(environ: Environ, *, decompress: bool = True) -> bytes:
    """Return the body that was received.

    SDKs compress large requests of some operations, such as CloudWatch's PutMetricData: Smithy,
    `requestCompression` trait. Unless `decompress` is False, such a body is decompressed, for the
    emulator too. S3 needs False: its `Content-Encoding` describes the object. A body that does not
    match its encoding stays unchanged: no parser can read it.
    """
    if decompress and environ.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip":
        environ.pop("HTTP_CONTENT_ENCODING")
        replace_body(environ, _decompressed(environ[_BODY]))
    environ["wsgi.input"] = io.BytesIO(environ[_BODY])
    return cast(bytes, environ[_BODY])


def replace_body(environ: Environ, body: bytes) -> None:
    """Replace the request's body."""
    environ[_BODY] = body
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)


def _decompressed(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return body

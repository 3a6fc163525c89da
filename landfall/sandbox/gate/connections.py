"""HTTP connections of the sandbox: one thread each, for one request after the other.

werkzeug's handler closes a connection after each request, and waits a hundredth of a second before.
Connecting and parsing headers as e-mail then cost more than the answer of most requests. Here a
client keeps its connection, as with AWS. RFC 9112, 'HTTP/1.1'.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
import time
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from socketserver import StreamRequestHandler
from typing import IO, Any, Final, cast
from urllib.parse import unquote, urlsplit

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from werkzeug.serving import DechunkedInput

from landfall.sandbox.gate.bodies import Environ

IDLE: Final = 120.0
"""Seconds after which a connection without a request is closed."""

MOST: Final = 256
"""Connections that are kept open; more are closed after each request, to spare file descriptors."""

_LONGEST_LINE: Final = 65_536
_MOST_HEADERS: Final = 200
_WITHOUT_BODY: Final = (204, 304)
_PROXIED: Final = "landfall.proxied"
"""The key of the host in the target of a request that is sent to a proxy."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"

_log = logging.getLogger(__name__)
_open: set[object] = set()
_counting = threading.Lock()


class BadRequestError(Exception):
    """What a client sent is not HTTP."""


class Connection(StreamRequestHandler):
    """Answers the requests of one connection with the server's WSGI application."""

    timeout = IDLE
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Serve until the client closes the connection, or leaves it idle."""
        with _counting:
            _open.add(self)
        try:
            while self._serve():
                pass
        except (ConnectionError, TimeoutError):
            pass
        finally:
            with _counting:
                _open.discard(self)

    def _serve(self) -> bool:
        """Answer one request; return whether the connection stays open."""
        try:
            environ = self._receive()
        except BadRequestError as error:
            self.connection.sendall(_answered("400 Bad Request", [], str(error).encode(), True))
            return False
        if environ is None:
            return False
        close = (
            environ["SERVER_PROTOCOL"] != "HTTP/1.1"
            or "close" in environ.get("HTTP_CONNECTION", "").lower()
            or len(_open) > MOST
        )
        status, headers, body = self._call(environ)
        if environ["REQUEST_METHOD"] == "HEAD" or int(status[:3]) in _WITHOUT_BODY:
            body = None
        self.connection.sendall(_answered(status, headers, body, close))
        return not close

    def _call(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes | None]:
        kept: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> None:
            kept[:] = [status, headers]

        try:
            parts: Iterable[bytes] = self.server.app(environ, start_response)  # type: ignore[attr-defined]
            return kept[0], kept[1], b"".join(parts)
        except Exception:
            _log.exception("%s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return "500 Internal Server Error", [], b""

    def _receive(self) -> Environ | None:
        """Return the environment of the next request with its whole body; None at the end."""
        line = self.rfile.readline(_LONGEST_LINE + 1)
        if line in (b"\r\n", b"\n"):
            line = self.rfile.readline(_LONGEST_LINE + 1)
        if not line:
            return None
        words = line.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequestError("The first line is not a method, a target and a version.")
        environ = self._environ(*words)
        add_headers(environ, self._headers())
        if (host := environ.pop(_PROXIED, "")) != "":
            environ["HTTP_HOST"] = host
        if environ.pop("HTTP_EXPECT", "").strip().lower() == "100-continue":
            # At once: a Go client waits a second for it before it sends its body.
            self.connection.sendall(_CONTINUE)
        environ["wsgi.input"] = io.BytesIO(self._body(environ))
        return environ

    def _headers(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        while (line := self.rfile.readline(_LONGEST_LINE + 1)) not in (b"\r\n", b"\n"):
            if len(line) > _LONGEST_LINE or len(found) > _MOST_HEADERS:
                raise BadRequestError("The headers are too long.")
            if not line:
                raise ConnectionError
            text = line.decode("latin-1").rstrip("\r\n")
            if text[:1] in (" ", "\t") and found:
                name, value = found.pop()
                found.append((name, f"{value}{text}"))
                continue
            name, colon, value = text.partition(":")
            if not colon:
                raise BadRequestError(f"A header has no colon: {text[:80]!r}.")
            found.append((name.strip(), value.strip()))
        return found

    def _body(self, environ: Environ) -> bytes:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            environ["wsgi.input_terminated"] = True
            try:
                return DechunkedInput(cast(IO[bytes], self.rfile)).read()
            except OSError as error:
                raise BadRequestError(f"The body is not chunked: {error}.") from error
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal():
            raise BadRequestError(f"Content-Length is not a number: {length[:80]!r}.")
        body = self.rfile.read(int(length)) if length != "0" else b""
        if len(body) < int(length):
            raise ConnectionError
        return body

    def _environ(self, method: str, target: str, version: str) -> Environ:
        path, host, query = _parts(target)
        own, port = cast(tuple[str, int], self.server.server_address)
        return {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _latin(unquote(path)),
            "QUERY_STRING": _latin(query),
            "REQUEST_URI": _latin(target),
            "RAW_URI": _latin(target),
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": self.client_address[1],
            "SERVER_NAME": own,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": version,
            _PROXIED: host,
        }


def add_headers(environ: Environ, headers: Iterable[tuple[str, str]]) -> None:
    """Add the headers of a request to its environment, as werkzeug and the emulator do.

    A name with an underscore is left out, because it could stand for another header. S3's metadata
    may have such names, which the emulator keeps as they were sent.
    """
    underscored: list[tuple[str, str]] = []
    for name, value in headers:
        if "_" in name:
            if should_preserve_original_header_name(name):
                underscored.append((name, value))
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
            if key in environ:
                value = f"{environ[key]},{value}"
        environ[key] = value
    names: dict[str, str] = {}
    for name, value in underscored:
        key = environ_key_for_header(name)
        if key in names:
            environ[key] = f"{environ[key]},{value}"
        elif key not in environ:
            names[key] = name
            environ[key] = value
    environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = names


def _parts(target: str) -> tuple[str, str, str]:
    """Return path, host and query of a request's target; the host is empty unless it names one."""
    if target.startswith("/") and not target.startswith("//") and "#" not in target:
        path, _, query = target.partition("?")
        return path, "", query
    split = urlsplit(target)
    if not split.scheme and split.netloc:
        return f"/{split.netloc}{split.path}", "", split.query
    return split.path, split.netloc if split.scheme else "", split.query


def _latin(text: str) -> str:
    """Return a text as WSGI has it: its bytes in UTF-8, each as one character."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _answered(
    status: str, headers: list[tuple[str, str]], body: bytes | None, close: bool
) -> bytes:
    """Return a whole answer. None is an answer that has no body, whatever its headers say."""
    lines = [f"HTTP/1.1 {status}", "Server: landfall", f"Date: {_date(int(time.time()))}"]
    lines += [
        f"{name}: {value}"
        for name, value in headers
        # A wrong length would shift the answers that follow on the connection.
        if body is None or name.lower() not in ("content-length", "transfer-encoding")
    ]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    if close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)

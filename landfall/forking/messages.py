"""What client and fork server say to each other: a JSON object, and open files beside it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")


def send(connection: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message with the descriptors of files, which stay open here."""
    body = json.dumps(message).encode()
    socket.send_fds(connection, [_LENGTH.pack(len(body))], list(files))
    connection.sendall(body)


def receive(connection: socket.socket, files: int = 0) -> tuple[dict[str, Any], list[int]] | None:
    """Return a message and up to `files` descriptors; None at the end of the connection."""
    head, descriptors, _, _ = socket.recv_fds(connection, _LENGTH.size, files)
    if not head:
        return None
    head += _exactly(connection, _LENGTH.size - len(head))
    (length,) = _LENGTH.unpack(head)
    return json.loads(_exactly(connection, length)), descriptors


def _exactly(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        chunk = connection.recv(length - len(received))
        if not chunk:
            raise EOFError("the other side ended within a message")
        received += chunk
    return bytes(received)

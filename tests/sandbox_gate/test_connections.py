"""The sandbox's HTTP connections, by sockets: kept open, and read to the end of each body."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from landfall.sandbox.gate import connections
from landfall.sandbox.server import listening


def _echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer what arrived, with a length that is wrong."""
    seen = [environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]]
    seen += [environ.get(f"HTTP_{name}", "-") for name in ("HOST", "X_TWICE", "EXPECT")]
    seen += [environ["wsgi.input"].read().decode()]
    status = environ.get("HTTP_X_STATUS", "200 OK")
    start_response(status, [("Content-Length", "1000"), ("X-Sent", "yes")])
    return ["|".join(seen).encode("latin-1")]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = listening(0, _echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    server.server_close()


class _Client:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")

    def ask(self, text: str, body: bool = True) -> tuple[str, dict[str, str], str]:
        self.socket.sendall(text.replace("\n", "\r\n").encode("latin-1"))
        return self.answer(body)

    def answer(self, body: bool = True) -> tuple[str, dict[str, str], str]:
        status = self.file.readline().decode().strip()
        headers = {}
        while line := self.file.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name] = value
        length = int(headers.get("Content-Length", 0)) if body else 0
        return status, headers, self.file.read(length).decode()

    def is_closed(self) -> bool:
        return self.file.read(1) == b""


@pytest.fixture
def client(port: int) -> Iterator[_Client]:
    made = _Client(port)
    yield made
    made.file.close()
    made.socket.close()


def test_requests_follow_each_other_on_one_connection(client: _Client) -> None:
    first = client.ask("POST /a?b=c HTTP/1.1\nHost: x\nContent-Length: 4\n\nbody")
    second = client.ask(
        "PUT /%C3%A4/d HTTP/1.1\nHost: y\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n"
    )
    head = client.ask("HEAD /h HTTP/1.1\nHost: x\n\n", body=False)
    nothing = client.ask("DELETE /n HTTP/1.1\nHost: x\nX-Status: 204 No Content\n\n", body=False)
    last = client.ask("GET / HTTP/1.1\nHost: x\nX-Twice: 1\nx-twice: 2\n\n")

    assert first[0] == "HTTP/1.1 200 OK"
    assert first[1]["X-Sent"] == "yes"
    assert "Connection" not in first[1]
    assert first[2] == "POST|/a|b=c|x|-|-|body"
    assert second[2] == "PUT|/ä/d||y|-|-|abcde"
    assert (head[0], nothing[0]) == ("HTTP/1.1 200 OK", "HTTP/1.1 204 No Content")
    assert last[2] == "GET|/||x|1,2|-|"


def test_requests_sent_before_the_first_answer_are_answered_in_order(client: _Client) -> None:
    request = "POST /{} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{}"
    client.socket.sendall((request.format(1, "a") + request.format(2, "b")).encode())

    assert [client.answer()[2], client.answer()[2]] == ["POST|/1||x|-|-|a", "POST|/2||x|-|-|b"]


@pytest.mark.parametrize("line", ["GET / HTTP/1.0\n\n", "GET / HTTP/1.1\nConnection: close\n\n"])
def test_a_client_that_asks_for_it_has_its_connection_closed(client: _Client, line: str) -> None:
    assert client.ask(line)[1]["Connection"] == "close"
    assert client.is_closed()


def test_an_expected_body_is_asked_for_once(client: _Client) -> None:
    client.socket.sendall(
        b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    assert client.file.readline() == b"HTTP/1.1 100 Continue\r\n"
    assert client.file.readline() == b"\r\n"
    assert client.ask("ok")[2] == "PUT|/||x|-|-|ok"


def test_a_request_for_a_proxy_names_its_host_in_the_target(client: _Client) -> None:
    answer = client.ask("GET http://a.example.com/p?q HTTP/1.1\nHost: other\n\n")

    assert answer[2] == "GET|/p|q|a.example.com|-|-|"


@pytest.mark.parametrize(
    "text",
    [
        "nonsense\n",
        "GET / SPDY/3\n\n",
        "GET / HTTP/1.1\nno colon\n\n",
        "GET / HTTP/1.1\nContent-Length: x\n\n",
        "GET / HTTP/1.1\n" + "a: b\n" * 300 + "\n",
        "PUT / HTTP/1.1\nTransfer-Encoding: chunked\n\nzz\n",
    ],
)
def test_what_is_not_http_is_refused_and_closed(client: _Client, text: str) -> None:
    status, headers, _ = client.ask(text)

    assert status == "HTTP/1.1 400 Bad Request"
    assert headers["Connection"] == "close"


def test_an_idle_connection_is_closed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections.Connection, "timeout", 0.1)

    assert _Client(port).is_closed()


def test_connections_beyond_the_limit_serve_one_request(
    client: _Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST", 0)

    assert client.ask("GET / HTTP/1.1\nHost: x\n\n")[1]["Connection"] == "close"
    assert client.is_closed()

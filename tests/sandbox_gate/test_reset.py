"""A reset of the server while clients are at work."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landfall.sandbox.gate import reset as resetting
from landfall.sandbox.gate import warm as warming
from landfall.sandbox.gate.barrier import BusyError
from landfall.sandbox.gate.dispatcher import Dispatcher
from landfall.sandbox.gate.incoming import Environ
from landfall.sandbox.gate.log import RequestLog
from landfall.sandbox.gate.middleware import Gate
from tests.sandbox_gate.conftest import Clients, Sandbox, start

_CLIENTS = 3
_RESETS = 10


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Sandbox]:
    """A separate server that just began to load its services."""
    process, sandbox = start(tmp_path / "server.log", forked=False)
    yield sandbox
    process.terminate()
    process.wait(timeout=60)


def _calls(sandbox: Sandbox, client: int) -> list[Callable[[str], Any]]:
    """Return calls of many services; each takes an unused name."""
    aws = {
        service: sandbox.client(service)
        for service in ("iam", "s3", "organizations", "kms", "sns", "ec2", "codebuild", "config")
    }
    return [
        lambda name: aws["iam"].create_user(UserName=name),
        lambda name: aws["iam"].list_users(),
        lambda name: aws["organizations"].create_organization(FeatureSet="ALL"),
        lambda name: aws["organizations"].create_account(
            Email=f"{name}@example.com", AccountName=name
        ),
        lambda name: aws["organizations"].list_accounts(),
        lambda name: aws["s3"].list_buckets(),
        lambda name: aws["kms"].create_key(),
        lambda name: aws["sns"].create_topic(Name=name),
        lambda name: aws["ec2"].describe_vpcs(),
        lambda name: aws["codebuild"].list_projects(),
        lambda name: aws["config"].describe_configuration_recorders(),
    ]


class _Load:
    """Clients that work without a pause until `end`; `faults` are the answers of status 5xx."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.faults: list[str] = []
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(_calls(sandbox, client), client))
            for client in range(_CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, calls: list[Callable[[str], Any]], client: int) -> None:
        count = 0
        while not self._ending.is_set():
            count += 1
            try:
                calls[count % len(calls)](f"client-{client}-{count}")
            except ClientError as error:
                # Others are AWS's own: there is no organization after a reset.
                if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                    self.faults.append(str(error))

    def end(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()


def test_reset_while_services_load_and_clients_work_disturbs_no_request(starting: Sandbox) -> None:
    load = _Load(starting)
    try:
        for _ in range(_RESETS):
            starting.reset()
    finally:
        load.end()
    assert load.faults == []
    starting.reset()
    users = starting.client("iam").list_users()["Users"]
    assert [user["UserName"] for user in users] == ["sandbox"]
    assert starting.client("sns").list_topics()["Topics"] == []


def test_client_that_sends_slowly_holds_up_no_reset(sandbox: Sandbox) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    head = (
        "PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/s3/"
        "aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + b"the beginning")
        # It answers 503 where it gave up waiting for a request.
        sandbox.reset()
        connection.sendall(b"x" * (100 - len("the beginning")))
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 404")


def test_answer_is_complete_before_a_reset_may_come() -> None:
    state = ["before"]

    def emulator(environ: Environ, start_response: Any) -> Iterator[bytes]:
        yield state[0].encode()

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/moto-api/data.json",
        "wsgi.input": io.BytesIO(),
    }
    body = Gate(emulator, RequestLog())(environ, lambda *_: None)
    state[0] = "after"
    assert b"".join(body) == b"before"


def test_services_load_beside_no_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(warming, "SERVICES", (("iam", "iam"),))
    monkeypatch.setattr(warming, "_serve", lambda *names: loaded.append(names[-1]))
    with resetting.barrier.alone():
        thread = warming.warm(Dispatcher())
        thread.join(0.1)
        assert loaded == []
    thread.join(10)
    assert loaded == ["iam"]


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/reset/"])
def test_only_a_post_resets(sandbox: Sandbox, aws: Clients, path: str) -> None:
    xray = aws("xray")
    xray.create_group(GroupName="kept")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{sandbox.url}{path}", timeout=60)  # noqa: S310
    refused.value.close()
    assert refused.value.code == 400
    assert "kept" in {group["GroupName"] for group in xray.get_groups()["Groups"]}
    request = urllib.request.Request(f"{sandbox.url}{path}", method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        assert json.load(answer) == {"status": "ok"}
    assert "kept" not in {group["GroupName"] for group in xray.get_groups()["Groups"]}


def test_reset_that_fails_in_the_emulator_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr(resetting.moto_api_backend, "reset", fail)
    answer = resetting.reset()
    assert answer.status == 500
    reason = "RuntimeError: dictionary changed size during iteration"
    assert reason in json.loads(answer.body)["message"]
    assert reason in caplog.text


def test_reset_that_gives_up_waiting_says_what_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def give_up() -> Any:
        raise BusyError(["POST AmazonSQS.ReceiveMessage"], 25)

    monkeypatch.setattr(resetting.barrier, "alone", give_up)
    answer = resetting.reset()
    assert answer.status == 503
    message = json.loads(answer.body)["message"]
    assert re.match(r"Nothing was reset: .*POST AmazonSQS\.ReceiveMessage\.$", message)
    assert "POST AmazonSQS.ReceiveMessage" in caplog.text

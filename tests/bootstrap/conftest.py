"""A sandbox server, and an environment in which boto3 sees nothing else."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from landfall.bootstrap.command import Request, run
from tests.sandbox_gate.conftest import Sandbox, start


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    process, sandbox = start(tmp_path_factory.mktemp("bootstrap") / "server.log")
    yield sandbox
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def sandbox(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The server with nothing in it, and no other AWS in reach."""
    server.reset()
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return server


@dataclass
class Ran:
    """The output of a run: outcome by resource, and the last lines."""

    outcomes: dict[str, str]
    lines: list[str]


Bootstrap = Callable[..., Ran]


@pytest.fixture
def bootstrap(sandbox: Sandbox) -> Bootstrap:
    """Run the command's own function: `bootstrap(region="us-east-1", bucket=…)`."""

    def runner(**options: Any) -> Ran:
        given = {
            "stack": "prod",
            "region": "eu-west-1",
            "bucket": None,
            "principals": (),
            "noncurrent_days": 365,
            "tags": (),
        } | options
        outcomes: dict[str, str] = {}
        lines = list(run(Request(**given), lambda what, outcome: outcomes.update({what: outcome})))
        return Ran(outcomes, lines)

    return runner


@pytest.fixture
def deny(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let AWS deny an operation, as in `deny("kms.CreateKey")`, on the wire as it does."""
    session_class = boto3.Session
    denied: list[str] = []

    def session(*args: Any, **keys: Any) -> boto3.Session:
        made = session_class(*args, **keys)
        for operation in denied:
            made.events.register(f"before-send.{operation}", functools.partial(_answer, operation))
        return made

    monkeypatch.setattr(boto3, "Session", session)
    return denied.append


def _answer(operation: str, request: Any, **_: Any) -> AWSResponse:
    """Answer as the service does, each in its own protocol."""
    text = f"User: you is not authorized to perform: {operation}"
    error = f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>"
    body = {
        "s3": error,
        "iam": f"<ErrorResponse>{error}</ErrorResponse>",
    }.get(operation.partition(".")[0])
    return _response(
        request.url, body or f'{{"__type": "AccessDeniedException", "message": "{text}"}}'
    )


class _Raw:
    def __init__(self, body: str) -> None:
        self._body = body.encode()

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def _response(url: str, body: str) -> AWSResponse:
    return AWSResponse(url, 403, {}, _Raw(body))

"""A real sandbox server on a free port, and boto3 clients of its accounts."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from landfall.forking import client
from landfall.forking.client import Forked
from landfall.sandbox.server_process import SERVER_COMMAND

MANAGEMENT = "111122223333"
REGION = "eu-west-1"


# Accounts, regions and requests change their state only when a test calls `settle`.
_ENDLESS = tuple(
    part
    for name in (
        "organizations.creation",
        "organizations.activation",
        "organizations.subscription",
        "organizations.closure",
        "account.region",
        "service_quotas.approval",
    )
    for part in ("--quota", f"{name}_seconds=3600")
)


class Clients(Protocol):
    def __call__(self, service: str, *, account: str = MANAGEMENT, region: str = REGION) -> Any: ...


@dataclass
class Sandbox:
    """A running server; `client` reaches member accounts through their access role."""

    url: str
    log: Path
    pid: int
    _credentials: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)
    # Making a client takes longer than most requests.
    _clients: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def client(
        self,
        service: str,
        *,
        account: str = MANAGEMENT,
        region: str = REGION,
        validate: bool = True,
        keys: tuple[str, str, str | None] | None = None,
    ) -> Any:
        using = keys or self._keys(account)
        name = (service, region, validate, using)
        if name not in self._clients:
            self._clients[name] = self.new_client(service, region, using, validate=validate)
        return self._clients[name]

    def new_client(
        self,
        service: str,
        region: str = REGION,
        keys: tuple[str, str, str | None] | None = None,
        *,
        validate: bool = True,
    ) -> Any:
        """Return a client that no other test gets, for one that changes it."""
        key, secret, token = keys or self._keys(MANAGEMENT)
        # S3 Control puts the account's id before the host: the server is then its HTTP proxy.
        control = service == "s3control"
        return boto3.client(
            service,
            region_name=region,
            endpoint_url="http://s3-control.amazonaws.com" if control else self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(
                retries={"max_attempts": 0},
                parameter_validation=validate,
                s3={"addressing_style": "path"},
                proxies={"http": self.url} if control else None,
            ),
        )

    def _keys(self, account: str) -> tuple[str, str, str | None]:
        if account == MANAGEMENT:
            return ("AKIAIOSFODNN7EXAMPLE", "secret", None)
        if account not in self._credentials:
            answer = self.client("sts").assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
                RoleSessionName="tests",
            )["Credentials"]
            self._credentials[account] = (
                answer["AccessKeyId"],
                answer["SecretAccessKey"],
                answer["SessionToken"],
            )
        return self._credentials[account]

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_landfall/health", timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def reset(self) -> None:
        request = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=120):  # noqa: S310
            self._credentials.clear()


Process = subprocess.Popen[bytes] | Forked


def start(log: Path, *options: str, forked: bool = True) -> tuple[Process, Sandbox]:
    """Start a server; one that is not `forked` starts as a user's, and loads its modules itself."""
    arguments = ["--port", "0", "--account", MANAGEMENT, "--log", str(log), *options]
    errors = log.parent / "stderr.txt"
    reads, writes = os.pipe()
    with errors.open("w") as stderr, open(os.devnull) as nothing, open(reads) as stdout:
        files = (nothing.fileno(), writes, stderr.fileno())
        process = _forked(arguments, files) if forked else None
        if process is None:
            process = subprocess.Popen(
                [*SERVER_COMMAND, *arguments], stdin=files[0], stdout=writes, stderr=stderr
            )
        os.close(writes)
        url = stdout.readline().strip()
    assert url, errors.read_text()
    return process, Sandbox(url, log, process.pid)


def _forked(arguments: list[str], files: tuple[int, int, int]) -> Process | None:
    template = "landfall.sandbox.forked"
    return client.start(template, arguments, os.environ, files=files, argument=MANAGEMENT)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    process, sandbox = start(tmp_path_factory.mktemp("sandbox") / "server.log", *_ENDLESS)
    yield sandbox
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """The server with nothing in it."""
    server.reset()
    return server


@pytest.fixture
def aws(sandbox: Sandbox) -> Clients:
    """Make boto3 clients: `aws("iam", account=ID, region=...)`."""
    return sandbox.client


@pytest.fixture
def organization(aws: Clients) -> Any:
    """An organization with all features, as its client."""
    client = aws("organizations")
    client.create_organization(FeatureSet="ALL")
    return client


@pytest.fixture
def member(organization: Any) -> str:
    """The id of a new member account."""
    return create_account(organization, "member")


def create_account(organizations: Any, name: str, **params: Any) -> str:
    params = {"Email": f"{name}@example.com", "AccountName": name} | params
    status = creation(organizations, organizations.create_account(**params))
    assert status["State"] == "SUCCEEDED", status
    account: str = status["AccountId"]
    return account


def creation(organizations: Any, request: dict[str, Any]) -> dict[str, Any]:
    """End the creation of an account, which `request` began, and return its status.

    The account is activated, and its services, too.
    """
    for _ in range(3):
        settle(organizations)
    identity = request["CreateAccountStatus"]["Id"]
    answer = organizations.describe_create_account_status(CreateAccountRequestId=identity)
    status: dict[str, Any] = answer["CreateAccountStatus"]
    return status


def settle(client: Any) -> None:
    """End all pending work of a client's sandbox at once."""
    url = f"{client.meta.endpoint_url}/_landfall/settle"
    with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=120):  # noqa: S310
        pass


def error_of(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Return the code and message of the error that a call must raise."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    error = caught.value.response["Error"]
    return error["Code"], error.get("Message", "")


def trust(*principals: str, service: str = "", **condition: Any) -> str:
    """Return a trust policy for account or role ARNs, or for a service."""
    principal: dict[str, Any] = {"Service": service} if service else {"AWS": list(principals)}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

"""A sandbox with an organization made by hand, and a second one that starts from its snapshot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from landfall.adoption import snapshot as snapshots
from landfall.adoption.snapshot import Request
from landfall.snapshots import document, files
from landfall.snapshots.document import Snapshot
from tests.bootstrap.conftest import deny, sandbox, server
from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, start

__all__ = ["deny", "sandbox", "server"]

HOME, OTHER = "eu-west-1", "us-east-1"


_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Reader:
    """Takes snapshots of the sandbox that the environment names."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def take(self, url: str, name: str, **options: Any) -> tuple[Path, Snapshot]:
        """Return the file of a snapshot of a sandbox, and its contents."""
        for variable, value in _ENVIRONMENT.items():
            self.monkeypatch.setenv(variable, value)
        self.monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        file = self.folder / name
        given: dict[str, Any] = {
            "output": file,
            "region": HOME,
            "account_roles": ("OrganizationAccountAccessRole",),
            "regions": (OTHER,),
            "force": True,
        }
        snapshots.run(Request(**given | options))
        return file, files.read(file)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(tmp_path, monkeypatch)


Twins = Callable[[Path], Sandbox]


@contextmanager
def running(log: Path, *options: str) -> Iterator[Sandbox]:
    """Run a sandbox server with options of its command line."""
    process, made = start(log, *options)
    try:
        yield made
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def twin_of(tmp_path: Path) -> Iterator[Twins]:
    """Start a sandbox from the file of a snapshot: `twin_of(file)`."""
    with ExitStack() as stack:
        yield lambda file: stack.enter_context(running(tmp_path / "twin.log", "--twin", str(file)))


def writer(file: Path, snapshot: Snapshot) -> Path:
    """Write a changed snapshot to the file, and return the file."""
    file.write_text(document.text(snapshot))
    return file


def client_of(sandbox: Sandbox) -> Callable[..., Any]:
    """Return a sandbox's clients, by `account` (default: the management account) and `region`."""

    def client(service: str, account: str = "", region: str = HOME) -> Any:
        return sandbox.client(service, account=account or MANAGEMENT, region=region)

    return client

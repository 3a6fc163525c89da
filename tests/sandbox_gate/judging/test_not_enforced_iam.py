"""A server that allows every call."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox_gate.conftest import start
from tests.sandbox_gate.judging.callers import Roles


def test_server_that_does_not_enforce_iam_allows_every_call(tmp_path: Path) -> None:
    process, sandbox = start(tmp_path / "log", "--no-enforce-iam")
    try:
        roles = Roles(sandbox)
        roles.create("reader")
        assert roles.client("reader", "codepipeline").list_pipelines()["pipelines"] == []
    finally:
        process.terminate()
        process.wait(timeout=60)

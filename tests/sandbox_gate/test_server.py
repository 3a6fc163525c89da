"""The server's command line."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from landfall.sandbox.across_services.quotas import TABLE
from tests.sandbox_gate.conftest import Sandbox, start


def _run(*options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "landfall.sandbox.server", *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=env,
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--port"),
        (["--port", "0", "--account", "12"], "12 digits"),
        (["--port", "0", "--account", "1" * 12, "--quota", "no.such=1"], "organizations.accounts"),
        (
            ["--port", "0", "--account", "1" * 12, "--quota", "iam.roles=x"],
            "write iam.roles=NUMBER",
        ),
    ],
)
def test_wrong_options_are_reported(options: list[str], message: str) -> None:
    ended = _run(*options)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_quotas_come_from_the_environment_too() -> None:
    ended = _run("--port", "0", "--account", "1" * 12, env={"LANDFALL_QUOTAS": "iam.roles=many"})
    assert ended.returncode == 2
    assert "iam.roles=many" in ended.stderr


def test_port_in_use_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = _run("--port", port, "--account", "1" * 12)
    assert ended.returncode == 2
    assert f"Port {port} is in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_server_that_is_terminated_ends_with_status_zero(tmp_path: Path) -> None:
    process, sandbox = start(tmp_path / "log", forked=False)
    sandbox.client("iam").list_users()
    process.terminate()
    assert process.wait(timeout=120) == 0
    assert "iam:ListUsers 200" in sandbox.log.read_text()
    assert (tmp_path / "stderr.txt").read_text() == ""


def test_every_quota_names_its_source() -> None:
    assert all("Guide" in quota.source for quota in TABLE.values())


def test_response_is_sent_in_one_piece(sandbox: Sandbox) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    for _ in range(50):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /_landfall/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            headers, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
        assert headers.startswith(b"HTTP/1.")
        assert json.loads(body)["pid"] == sandbox.pid

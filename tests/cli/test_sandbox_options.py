"""`landfall sandbox start` and `reset`: whether the server denies calls."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from landfall.cli.sandbox import app
from landfall.sandbox import lifecycle
from landfall.sandbox.server_process import SERVER_COMMAND, Server


@pytest.mark.parametrize("command", ["start", "reset"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), SERVER_COMMAND),
        (("--no-enforce-iam",), (*SERVER_COMMAND, "--no-enforce-iam")),
    ],
)
def test_server_enforces_iam_unless_it_is_switched_off(
    command: str, options: tuple[str, ...], expected: tuple[str, ...], monkeypatch: Any
) -> None:
    commands = []

    def begin(*_: Any, **settings: Any) -> lifecycle.Started:
        commands.append(settings["command"])
        return lifecycle.Started(Server(1, 1024, "1" * 12, 0.0), fresh=True)

    monkeypatch.setattr(lifecycle, command, begin)
    assert CliRunner().invoke(app, [command, *options]).exit_code == 0
    assert commands == [expected]


def test_start_of_a_running_sandbox_says_how_to_allow_every_call(monkeypatch: Any) -> None:
    running = lifecycle.Started(Server(1, 1024, "1" * 12, 0.0), fresh=False)
    monkeypatch.setattr(lifecycle, "start", lambda *_, **__: running)
    done = CliRunner().invoke(app, ["start", "--no-enforce-iam"])
    assert "landfall sandbox reset -s dev --no-enforce-iam" in done.stdout

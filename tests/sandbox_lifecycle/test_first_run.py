"""The engine writes the state of a first run at its end; a later run writes each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from landfall.engine.running import UNSAVED
from landfall.problems import ProblemsError
from landfall.sandbox import first_run, state
from landfall.sandbox.directories import Directories
from landfall.sandbox.engine import Engine
from landfall.sandbox.plugins import Kind, Provider
from landfall.sandbox.server_process import Server
from tests.sandbox_lifecycle.conftest import Said

Make = Callable[..., Directories]
STATE = {"resources": [{"urn": "urn:pulumi:dev::tiny::pulumi:pulumi:Stack::tiny-dev"}]}


def _engine(directories: Directories, environment: Mapping[str, str] | None = None) -> Engine:
    directories.root.mkdir(parents=True, exist_ok=True)
    server = Server(1, 1, "1" * 12, 0.0)
    provider = Provider(Kind.PLAN_ONLY, "none")
    return Engine(directories, server, provider, Path("pulumi"), environment or {})


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What the state of the stack has; empty at first."""
    held: dict[str, object] = {}
    monkeypatch.setattr(state, "deployment", lambda _: held)
    return held


def test_only_a_run_without_a_state_writes_it_at_its_end(
    make: Make, stands: dict[str, object]
) -> None:
    engine = _engine(make())
    assert first_run.variables(engine) == UNSAVED
    assert engine.directories.unsaved.exists()
    first_run.ended(engine.directories)
    assert engine.directories.unsaved.exists()  # the engine was killed
    stands.update(STATE)
    first_run.ended(engine.directories)
    assert not engine.directories.unsaved.exists()
    assert first_run.variables(engine) == {}
    assert not engine.directories.unsaved.exists()


@pytest.mark.parametrize("choice", ["true", "false"])
def test_the_users_choice_stands(make: Make, stands: dict[str, object], choice: str) -> None:
    engine = _engine(make(), {"PULUMI_SKIP_CHECKPOINTS": choice})
    assert first_run.variables(engine) == {}
    assert not engine.directories.unsaved.exists()


def _recover_with(script: str, engine: Engine, tmp_path: Path, said: Said) -> None:
    command = tmp_path / "landfall"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(first_run, "_LANDFALL", command)
        first_run.recover(engine, said)


def test_recovery_is_that_of_a_lost_state_in_the_sandbox(
    make: Make, said: Said, tmp_path: Path
) -> None:
    engine = _engine(make(), {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    engine.directories.unsaved.touch()
    script = f'echo "$AWS_ENDPOINT_URL" "$@" > {tmp_path}/asked; echo Imported 3 resources.'
    _recover_with(script, engine, tmp_path, said)
    assert (tmp_path / "asked").read_text() == "http://127.0.0.1:1 recover -s dev --yes\n"
    assert "Imported 3 resources." in said.text
    assert not engine.directories.unsaved.exists()


def test_a_recovery_that_fails_is_tried_again(make: Make, said: Said, tmp_path: Path) -> None:
    engine = replace(_engine(make()), environment={"PATH": "/usr/bin:/bin"})
    engine.directories.unsaved.touch()
    with pytest.raises(ProblemsError, match="AWS does not answer") as caught:
        _recover_with("echo AWS does not answer >&2; exit 2", engine, tmp_path, said)
    assert "sandbox reset -s dev" in str(caught.value)
    assert engine.directories.unsaved.exists()

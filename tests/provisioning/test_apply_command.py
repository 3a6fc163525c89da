"""The output of `landfall apply` for a run of the engine."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from typer.testing import CliRunner

from landfall.cli import apply
from tests.settings.stacks import SMALL
from toolchain import wrappers

RECORDED = Path(__file__).parents[1] / "engine_view" / "recorded" / "one-change.jsonl.gz"
ENGINE_TEXT = "Updating (dev):"
ENGINE = f"""#!/bin/sh
[ "$1" = --non-interactive ] && exit 0 # whoami
echo "{ENGINE_TEXT}"
while [ "$1" != --event-log ]; do shift; done
cp "$EVENTS" "$2"
echo "$2" >"$EVENTS.place"
exit "$STATUS"
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a project whose engine does what was recorded."""
    (tmp_path / "Pulumi.yaml").write_text("{name: landfall, runtime: python}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(SMALL)
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "events").write_bytes(gzip.decompress(RECORDED.read_bytes()))
    engine = tmp_path / "pulumi"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    monkeypatch.setattr(wrappers, "ensure", lambda *_: SimpleNamespace(pulumi=engine))
    monkeypatch.setenv("EVENTS", str(tmp_path / "events"))
    monkeypatch.setenv("STATUS", "0")
    monkeypatch.delenv("LANDFALL_STACK_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def applied(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(apply.app, ["--plan", str(place / "plan.json"), *arguments])


def test_apply_prints_the_view_and_not_the_engines_text(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    done = applied(place)
    assert done.exit_code == 0, done.output
    assert "Update of stack dev" in done.output
    assert "Stack dev: " in done.output
    assert " updated" in done.output
    assert ENGINE_TEXT not in done.output + capfd.readouterr().out
    # The log repeats property values.
    assert not Path((place / "events.place").read_text().strip()).exists()


def test_apply_verbose_prints_the_engines_text(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert applied(place, "--verbose").exit_code == 0
    assert ENGINE_TEXT in capfd.readouterr().out


def test_apply_of_a_run_that_failed_has_status_1(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUS", "255")
    done = applied(place)
    assert done.exit_code == 1
    assert "Update failed" in done.output


def test_apply_of_another_plan_than_the_approved_one_runs_nothing(place: Path) -> None:
    done = applied(place, "--sha256", "0" * 64)
    assert done.exit_code == 1
    assert not (place / "events.place").exists()
    assert applied(place, "--sha256", hashlib.sha256(b"{}").hexdigest()).exit_code == 0


def test_apply_in_a_sandbox_that_failed_leaves_its_events_for_landfall_up(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDFALL_STACK_FILE", str(place / "Pulumi.dev.yaml"))
    monkeypatch.setenv("PULUMI_OPTION_CONFIG_FILE", str(place / "Pulumi.dev.yaml"))
    assert applied(place).exit_code == 0
    assert list((place / "runs").iterdir()) == []
    monkeypatch.setenv("STATUS", "255")
    assert applied(place).exit_code == 1
    assert len(list((place / "runs").iterdir())) == 1

"""`landfall fleet` as users call it, without an engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landfall.cli.fleet import app
from landfall.problems import ProblemsError

FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization: {units: {Dev: {}, Prod: {}}}
  landfall:accounts:
    a: {email: a@example.com, unit: Dev}
    b: {email: b@example.com, unit: Prod}
"""
FLEET = "  landfall:fleet: {slices: {canary: {units: Dev}}, waves: canary}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: landfall\nruntime: python\n")
    (tmp_path / "Pulumi.big.yaml").write_text(FILE + FLEET)
    monkeypatch.delenv("LANDFALL_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_plan_lists_waves_and_parts(folder: Path) -> None:
    done = CliRunner().invoke(app, ["plan", "-s", "big"])
    assert done.exit_code == 0, done.output
    assert "canary (big.canary), 1 account, about" in done.output
    assert "Fleet big: 4 parts in 4 waves, 2 of 2 accounts." in done.output


def test_plan_as_json_has_accounts_and_memory_of_each_part(folder: Path) -> None:
    done = CliRunner().invoke(app, ["plan", "-s", "big", "--only", "b", "--format", "json"])
    (rest,) = json.loads(done.output)
    assert rest == {
        "part": "rest",
        "stack": "big.rest",
        "wave": 1,
        "accounts": ["b"],
        "memoryMiB": 1200,
        "latest": "",
    }


def test_stack_that_is_not_cut_is_refused(folder: Path) -> None:
    (folder / "Pulumi.big.yaml").write_text(FILE)
    done = CliRunner().invoke(app, ["plan", "-s", "big"])
    assert isinstance(done.exception, ProblemsError)
    assert "is one Pulumi stack" in str(done.exception)


def test_destroy_asks_for_yes(folder: Path) -> None:
    done = CliRunner().invoke(app, ["destroy", "-s", "big"])
    assert isinstance(done.exception, ProblemsError)
    assert "add --yes" in str(done.exception)


def test_changed_since_compares_the_settings_of_a_commit(folder: Path) -> None:
    def git(*arguments: str) -> None:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    file = folder / "Pulumi.big.yaml"
    file.write_text(file.read_text().replace("b@example.com", "other@example.com"))
    asked = ["plan", "-s", "big", "--changed-since", "HEAD", "--format", "json"]
    done = CliRunner().invoke(app, asked)
    assert [each["part"] for each in json.loads(done.output)] == ["foundation", "rest", "closing"]
    done = CliRunner().invoke(app, ["plan", "-s", "big", "--changed-since", "nowhere"])
    assert "git does not know commit 'nowhere'" in str(done.exception)

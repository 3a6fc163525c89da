"""Runs of the Pulumi CLI: arguments, kept output, and exit status."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from landfall.engine import running


@pytest.fixture
def cli(tmp_path: Path) -> Path:
    """A CLI that prints its arguments and a variable, complains, and exits with its last word."""
    program = tmp_path / "pulumi"
    script = '#!/bin/sh\necho "$* in $NAME"\n[ -z "$WORDS" ] || echo "$WORDS" >&2\n'
    script += 'for last; do :; done\n[ "$last" = hang ] && exec sleep 60\nexit "$last"\n'
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    return program


def test_command_asks_nothing_and_keeps_its_output(cli: Path, tmp_path: Path) -> None:
    done = running.run(cli, "preview", "0", cwd=tmp_path, environment={"NAME": "x"}, seconds=60)
    assert done.stdout == "--non-interactive --color never preview 0 in x\n"
    assert running.said(done) == done.stdout.strip()


def test_what_a_failed_command_said_is_its_standard_error(cli: Path, tmp_path: Path) -> None:
    environment = {"WORDS": "no such stack"}
    done = running.run(cli, "preview", "3", cwd=tmp_path, environment=environment, seconds=60)
    assert (done.returncode, running.said(done)) == (3, "no such stack")


def test_command_that_does_not_end_is_given_up(cli: Path, tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        running.run(cli, "hang", cwd=tmp_path, seconds=0.2)


@pytest.mark.parametrize(("status", "succeeded"), [("0", True), ("4", False)])
def test_watched_command_succeeds_by_its_exit_status(
    status: str, succeeded: bool, cli: Path, tmp_path: Path
) -> None:
    file, looks = tmp_path / "output", []
    with file.open("wb") as output:
        runner = running.Runner(cli, tmp_path, "dev", tmp_path / "events", {"NAME": "y"})
        outcome = runner.watch(
            ["up", status],
            {"NAME": "z"},
            output=output,
            meanwhile=lambda: looks.append(1),
        )
    assert (outcome.status, outcome.succeeded) == (int(status), succeeded)
    assert file.read_text(encoding="utf-8") == f"up {status} in z\n"

"""Common behaviour of all commands: version, suggestions, completion, colours, hints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from landfall import access_hint, commands
from landfall.cli.main import COMMANDS

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
# Neither credentials nor a backend, and no region of the user's own files.
BARE = {
    "PATH": os.defpath,
    "HOME": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def landfall(*arguments: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "landfall"), *arguments],
        cwd=cwd,
        env={**BARE, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_version_is_one_line() -> None:
    done = landfall("--version")
    assert (done.returncode, done.stdout) == (0, f"landfall {metadata.version('landfall')}\n")


@pytest.mark.parametrize(
    ("typed", "meant"), [("vaildate", "validate"), ("prevew", "preview"), ("dwon", "down")]
)
def test_command_mistyped_is_suggested(typed: str, meant: str) -> None:
    done = landfall(typed)
    assert done.returncode == 2
    assert f"Did you mean '{meant}'?" in done.stderr


def test_subcommand_mistyped_is_suggested() -> None:
    assert "Did you mean 'check'?" in landfall("iam", "chek").stderr


def test_option_mistyped_is_suggested() -> None:
    done = landfall("validate", "--stck", "dev")
    assert done.returncode == 2
    assert "--stack" in done.stderr


def test_command_unlike_any_other_is_refused_without_a_suggestion() -> None:
    done = landfall("xyzzy")
    assert (done.returncode, "Did you mean" in done.stderr) == (2, False)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_of_a_shell_calls_landfall(shell: str) -> None:
    script = landfall("completion", shell).stdout
    assert f"_LANDFALL_COMPLETE=complete_{shell}" in script
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n", "-c", script], check=True)


def test_completion_lists_commands_and_options() -> None:
    asked = {"_LANDFALL_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    found = landfall(COMP_WORDS="landfall ", **asked).stdout.split()
    assert set(COMMANDS) <= set(found)
    asked["COMP_CWORD"] = "2"
    assert landfall(COMP_WORDS="landfall up --verb", **asked).stdout.split() == ["--verbose"]


@pytest.mark.parametrize("arguments", [["--help"], ["up", "--help"], ["vaildate"]])
def test_no_color_leaves_neither_colour_nor_bold(arguments: list[str]) -> None:
    done = landfall(*arguments, NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\x1b[1m" in (coloured := landfall(*arguments, FORCE_COLOR="1")).stdout + coloured.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["up", "--help"], ["drift", "--help"]])
def test_help_fits_60_columns(arguments: list[str]) -> None:
    done = landfall(*arguments, COLUMNS="60")
    assert max(map(len, done.stdout.splitlines())) <= 60


@pytest.mark.parametrize(
    "arguments",
    [
        ["drift"],
        ["plan"],
        ["recover"],
        ["apply", "--plan", "{plan}"],
        ["release", "list", "orders", "dev"],
        ["adopt", "-s", "new"],
        ["bootstrap"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_missing_credentials_or_backend_have_the_same_hint(
    arguments: list[str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text("{}")
    done = landfall(
        *(each.format(plan=plan) for each in arguments),
        LANDFALL_HOME=str(ROOT / ".landfall"),
        PULUMI_HOME=str(tmp_path),
        AWS_REGION="eu-west-1",
        PATH=f"{BIN}{os.pathsep}{os.defpath}",
    )
    assert done.returncode == 2
    assert 'for the sandbox: eval "$(landfall env -s ' in done.stderr
    assert "for AWS: set AWS_PROFILE or sign in" in done.stderr


@pytest.mark.parametrize(
    "said",
    [
        "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
        "No valid credential sources found",
        "api error ExpiredToken: The security token included in the request is expired",
    ],
)
def test_message_of_missing_access_is_recognized(said: str) -> None:
    assert access_hint.missing(said)


def test_message_of_another_error_is_none_of_missing_access() -> None:
    assert access_hint.missing("AccessDenied: not authorized to perform iam:GetRole") == ""


def test_command_off_path_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: None)
    monkeypatch.chdir(BIN.parent.parent)
    path = os.path.relpath(BIN / "landfall")
    assert commands.typed("Start it: landfall sandbox start -s dev") == (
        f"Start it: {path} sandbox start -s dev"
    )
    assert commands.typed('eval "$(landfall env -s dev)"; see `landfall up`') == (
        f'eval "$({path} env -s dev)"; see `{path} up`'
    )
    assert commands.typed("Next:\n  landfall up") == f"Next:\n  {path} up"


def test_command_on_path_is_named_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: f"/usr/bin/{name}")
    text = "run: landfall up; pulumi login"
    assert commands.typed(text) == text


def test_prose_about_landfall_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: None)
    text = "stack landfall is of the project landfall; LANDFALL_PORT and landfall:accounts"
    assert commands.typed(text) == text


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["plan", "-h"], "`{} apply` applies"),
        (["env", "-h"], 'eval "$({} env -s STACK)"'),
        (["plan", "-h"], "Usage: {} plan [OPTIONS]"),
        (["-h"], "eval "),
    ],
)
def test_commands_in_help_can_be_typed_as_they_are_shown(arguments: list[str], shown: str) -> None:
    by_path, by_name = str((BIN / "landfall").relative_to(ROOT)), f"{BIN}:{os.defpath}"
    for called, path in ((by_path, os.defpath), ("landfall", by_name)):
        done = landfall(*arguments, PATH=path, COLUMNS="200")
        assert shown.format(called) in " ".join(done.stdout.split()), done.stdout
        if called != "landfall":
            assert "`landfall " not in done.stdout
            assert "(landfall " not in done.stdout

"""`landfall validate` on stacks of many accounts: growth of its work, length of its output."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from bench import stacks
from landfall import stack_files
from landfall.cli import main as landfall
from landfall.cli import validate as validate_command
from landfall.guardrails import denials
from landfall.problems import ProblemsError


def calls(folder: Path) -> int:
    """Return how many functions run to validate the stack of a folder, valid or not."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        CliRunner().invoke(validate_command.app, arguments(folder))
    finally:
        sys.setprofile(before)
    return count


def arguments(folder: Path, *more: str) -> list[str]:
    return ["-s", stacks.NAME, "--directory", str(folder), *more]


@pytest.mark.parametrize("in_files", [False, True], ids=["one-file", "a-file-each"])
@pytest.mark.parametrize("share", [0.0, 0.5], ids=["valid", "half-are-wrong"])
def test_validate_with_twice_the_accounts_takes_at_most_twice_the_work(
    tmp_path: Path, in_files: bool, share: float
) -> None:
    work = []
    for count in (100, 100, 200, 400):  # the first run imports modules and fills caches
        folder = tmp_path / str(count)
        if not folder.exists():
            stacks.write(folder, count, in_files=in_files, mistakes=int(share * count))
        work.append(calls(folder))
    _, few, more, many = work
    assert many - more <= 2 * (more - few)


def test_validate_more_accounts_of_the_same_units_evaluates_no_more_policies(
    tmp_path: Path,
) -> None:
    evaluated = []
    for count in (200, 400):
        stacks.write(tmp_path / str(count), count)
        judge = denials.is_explicitly_denied
        with patch.object(denials, "is_explicitly_denied", side_effect=judge) as evaluate:
            stack_files.load(stacks.NAME, tmp_path / str(count))
        evaluated.append(evaluate.call_count)
    assert evaluated[0] == evaluated[1] > 0


def test_validate_many_mistakes_finds_each_with_its_line(tmp_path: Path) -> None:
    stacks.write(tmp_path, 1000, mistakes=500)
    with pytest.raises(ProblemsError) as raised:
        stack_files.load(stacks.NAME, tmp_path)
    found = raised.value.problems
    assert len(found) == 500
    text = (tmp_path / f"Pulumi.{stacks.NAME}.yaml").read_text().splitlines()
    for problem in found:
        assert problem.location is not None
        line = text[problem.location.line - 1]
        if problem.path.endswith(".unit"):
            assert "/Taem" in line
            assert problem.fix.startswith("did you mean 'Workloads/Team")
        else:
            assert " at example.com" in line
            assert problem.path.endswith(".email")


def test_validate_one_duplicate_among_thousands_is_the_only_mistake(tmp_path: Path) -> None:
    stacks.write(tmp_path, 3000, in_files=True)
    other = tmp_path / "accounts" / "account-7.yaml"
    (tmp_path / "accounts" / "zzz.yaml").write_text(other.read_text())
    (tmp_path / f"Pulumi.{stacks.NAME}.yaml").write_text(
        (tmp_path / f"Pulumi.{stacks.NAME}.yaml").read_text().replace("3001", "3002")
    )
    with pytest.raises(ProblemsError) as raised:
        stack_files.load(stacks.NAME, tmp_path)
    (problem,) = raised.value.problems
    assert str(problem.location) == "accounts/zzz.yaml:1"
    assert problem.what == "account 'account-7' has the same e-mail"


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("valid")
    stacks.write(folder, 600)
    return folder


def test_validate_many_accounts_sums_up_units_and_budgets(valid: Path) -> None:
    shown = CliRunner().invoke(validate_command.app, arguments(valid)).stdout
    lines = shown.splitlines()
    assert "Units (82), accounts (600) and guardrail policies (57)" in lines
    assert "    Core [1 policy]: audit, log-archive, delivery" in lines
    assert (
        "      Team0: 3 units below, 30 accounts in total (account-0, account-1, account-2, …)"
    ) in lines
    assert any(": 515 accounts (audit, log-archive, delivery, …)" in line for line in lines)
    assert len(lines) <= 62
    assert max(map(len, lines)) < 200
    assert lines[-1] == "Some lists are shortened. To see all: landfall validate -s many --all"
    assert "\x1b" not in shown


def test_validate_all_shows_every_unit_and_account(valid: Path) -> None:
    shown = CliRunner().invoke(validate_command.app, arguments(valid, "--all")).stdout
    names = set(shown.replace(",", " ").split())
    assert {name for name, _ in stacks.accounts(600)} <= names
    assert shown.count(" Staging [1 policy]: ") == 20
    assert "--all" not in shown


def test_validate_on_a_narrow_terminal_breaks_lines_between_words(
    valid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    validate_command.validate(stacks.NAME, valid)
    shown = capsys.readouterr().out
    # A URL stays whole, so that it can be opened.
    assert max(len(line) for line in shown.splitlines() if "https://" not in line) <= 60
    assert len(shown.splitlines()) < 110
    assert "\x1b" not in shown


def refused(folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    """Run the whole command on a stack with mistakes; return its exit status."""
    monkeypatch.setattr(sys, "argv", ["landfall", "validate", *arguments(folder, *more)])
    with pytest.raises(SystemExit) as raised:
        landfall.main()
    assert isinstance(raised.value.code, int)
    return raised.value.code


def test_validate_many_mistakes_of_a_kind_shows_the_first_ten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks.write(tmp_path, 300, mistakes=250)
    path = tmp_path / f"Pulumi.{stacks.NAME}.yaml"
    path.write_text(path.read_text().replace("aws+account-290@", "aws+account-289@"))
    assert refused(tmp_path, monkeypatch) == 1
    shown = capsys.readouterr().err
    assert shown.count("there is no organizational unit") == 10
    assert shown.count("is not valid here") == 10
    assert shown.count("    and 115 more of this kind; to see all: --all\n") == 2
    assert "account 'account-289' has the same e-mail" in shown
    assert shown.endswith("251 mistakes in total\n")
    assert refused(tmp_path, monkeypatch, "--all") == 1
    shown = capsys.readouterr().err
    assert shown.count("there is no organizational unit") == 125
    assert "of this kind" not in shown


def test_other_commands_name_the_command_that_lists_all_mistakes(tmp_path: Path) -> None:
    stacks.write(tmp_path, 100, mistakes=50)
    with pytest.raises(ProblemsError) as raised:
        stack_files.load(stacks.NAME, tmp_path)
    assert raised.value.shown_in_full_by == "landfall validate -s many --all"

"""What a user asks for, and what the command prints."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, Group

from landfall.cli import rehearsal_views
from landfall.problems import ProblemsError
from landfall.rehearsal import changes, checkouts, choosing, timeline
from landfall.rehearsal.course import Course, Ended, Entry
from landfall.rehearsal.executions import Pipeline
from landfall.rehearsal.work import Options
from landfall.settings import Stack
from tests.rehearsal.small import action
from tests.settings import stacks

STAGES = [
    {"name": "Test", "actions": [action("Unit", "Test", "CodeBuild")]},
    {
        "name": "Deploy",
        "actions": [action("Deploy", "Deploy", "Lambda", configuration={"Alarms": "errors"})],
    },
]


def pipeline() -> Pipeline:
    return Pipeline({"name": "orders-dev", "stages": STAGES}, "111122223333", "eu-west-1")


def test_every_option_that_fits_nothing_is_reported(tmp_path: Path) -> None:
    asked = Options(
        source=tmp_path / "nowhere", fail="Deploy/Deplyo", alarm="error", until="Deplyo"
    )
    with pytest.raises(ProblemsError) as caught:
        choosing.check([pipeline()], asked)
    said = str(caught.value)
    for part in (
        "nowhere is no folder",
        "no pipeline has the action Deploy/Deplyo",
        "did you mean 'Deploy/Deploy'?",
        "no pipeline has the stage Deplyo",
        "no pipeline watches an alarm error",
    ):
        assert part in said


def test_options_that_fit_are_accepted(tmp_path: Path) -> None:
    asked = Options(source=tmp_path, fail="Test/Unit", alarm="errors", until="Deploy")
    choosing.check([pipeline()], asked)


@pytest.fixture
def stack() -> Stack:
    return stacks.stack()


def test_pipelines_are_those_of_the_environments_in_order(stack: Stack) -> None:
    assert choosing.pipeline_names(stack, "orders", []) == ["orders-dev", "orders-prod"]
    assert choosing.pipeline_names(stack, "orders", ["prod"]) == ["orders-prod"]


@pytest.mark.parametrize(
    ("application", "environments", "part"),
    [
        ("order", [], "did you mean 'orders'?"),
        ("orders", ["prd", "nope"], "did you mean 'prod'?"),
    ],
)
def test_unknown_name_suggests_the_nearest(
    stack: Stack, application: str, environments: list[str], part: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        choosing.pipeline_names(stack, application, environments)
    assert part in str(caught.value)
    assert caught.value.exit_status == 2


def course() -> Course:
    found = Course()
    found.entries += [
        Entry("orders-dev", "a" * 36, "Test", "Unit", 0.0, "Succeeded", 2.0, summary="ok"),
        Entry(
            "orders-dev",
            "a" * 36,
            "Deploy",
            "Deploy",
            2.0,
            "Failed",
            4.0,
            code="JobFailed",
            message="it broke\nthe last \x1b[31mline",
            more="aws logs tail",
            account="111122223333",
        ),
        Entry(
            "orders-dev",
            "b" * 36,
            "Deploy",
            "Deploy",
            4.0,
            "Succeeded",
            5.0,
            live="function orders:live, version 1",
            account="111122223333",
            is_rollback=True,
        ),
    ]
    found.ends += [
        Ended("orders-dev", "a" * 36, "Failed", "stage Deploy"),
        Ended("orders-dev", "b" * 36, "Succeeded", back_to="c" * 36),
    ]
    return found


def test_summary_tells_what_failed_and_what_is_live() -> None:
    lines = list(timeline.summary(course(), {"111122223333": "orders"}))
    text = "\n".join(lines)
    assert "orders-dev Deploy/Deploy failed (JobFailed): it broke" in lines
    assert "    more, in account orders: aws logs tail" in lines
    assert "    the last line" in lines
    assert "\x1b" not in text
    assert f"orders-dev {'b' * 13} Succeeded, rolled back to {'c' * 13}" in lines
    assert "Live in orders: function orders:live, version 1" in lines
    bars = [line for line in lines if "=" in line or "xx" in line]
    assert [bar.split()[0] for bar in bars] == ["Test/Unit", "Deploy/Deploy", "Deploy/Deploy"]


def test_board_shows_actions_that_have_not_begun() -> None:
    running: dict[str, Any] = {"name": "orders-dev", "stages": STAGES}
    found = Course()
    found.entries.append(Entry("orders-dev", "a", "Test", "Unit", 1.0, note="half way"))
    lines = list(timeline.board(found, running, 4.0))
    assert [line.split() for line in lines] == [
        ["orders-dev", "4", "s"],
        ["Test"],
        ["Unit", "...", "3.0", "s", "half", "way"],
        ["Deploy"],
        ["Deploy", "waits"],
    ]


def test_board_has_a_style_for_each_state() -> None:
    running: dict[str, Any] = {"name": "orders-dev", "stages": STAGES}
    found = Course()
    found.entries.append(Entry("orders-dev", "a", "Test", "Unit", 1.0, "Succeeded", 2.0))
    waits = rehearsal_views.board(found, running, 4.0)
    found.entries.append(Entry("orders-dev", "a", "Deploy", "Deploy", 2.0, "Failed", 3.0))
    failed = rehearsal_views.board(found, running, 4.0)
    assert [str(each.style) for each in waits.spans] == ["bold", "bold", "dim", "green"]
    assert [str(each.style) for each in failed.spans] == ["bold", "bold", "green", "bold red"]


def test_line_of_the_board_that_is_too_long_is_cut() -> None:
    running: dict[str, Any] = {"name": "orders-dev", "stages": STAGES}
    found = Course()
    found.entries.append(Entry("orders-dev", "a", "Test", "Unit", 1.0, note="long " * 40))
    screen = io.StringIO()
    Console(file=screen, width=60).print(Group(rehearsal_views.board(found, running, 4.0)))
    shown = screen.getvalue().splitlines()
    assert len(shown) == 5
    assert shown[2].endswith("…")


def test_rehearsal_that_is_interrupted_is_no_success() -> None:
    found = Course(ends=[Ended("orders-dev", "a" * 36, "Stopped", "interrupted")])
    assert found.has_succeeded
    found.is_interrupted = True
    assert not found.has_succeeded


def test_rollback_after_a_failure_is_no_success() -> None:
    assert not course().has_succeeded
    assert timeline.as_json(course())["executions"][1]["rolledBackTo"] == "c" * 36


def test_source_is_what_git_does_not_ignore(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "-C", str(tmp_path), *own, *arguments], check=True)

    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "b.log").write_text("1")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "First")
    assert sorted(checkouts.files(tmp_path)) == [".gitignore", "a.py"]
    found = checkouts.commit(tmp_path)
    assert found is not None
    assert (found.message, found.dirty, len(found.id)) == ("First", False, 40)
    (tmp_path / "new.py").write_text("1")
    assert sorted(checkouts.files(tmp_path)) == [".gitignore", "a.py", "new.py"]
    again = checkouts.commit(tmp_path)
    assert again is not None
    assert again.dirty
    assert any(name.startswith(".git/") for name in checkouts.files(tmp_path, history=True))


def test_link_to_a_file_outside_is_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("1")
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.py").write_text("1")
    (folder / "link").symlink_to(secret)
    assert list(checkouts.files(folder)) == ["a.py"]
    assert checkouts.commit(folder) is None


def test_checkout_that_git_cannot_read_is_refused(tmp_path: Path) -> None:
    # Otherwise what Git ignores would be among the sources.
    (tmp_path / "a.py").write_text("1")
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(checkouts.CheckoutError, match=r"cannot read the checkout .*: fatal: "):
        checkouts.files(tmp_path)
    with pytest.raises(ProblemsError, match="cannot read the checkout"):
        changes.asked("main", "", "", False, tmp_path)


def test_checkout_without_git_on_the_machine_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(checkouts.CheckoutError, match="git is not installed"):
        checkouts.files(tmp_path)


def test_delivery_of_the_stack_itself_stands_for_an_application() -> None:
    source = "{source: {connection: github, repository: a/b}, notify: a@example.com}"
    own = stacks.stack(f"{stacks.SMALL}  landfall:provisioning: {source}\n")
    assert choosing.pipeline_names(own, "provisioning", ()) == [f"provision-{own.name}"]
    assert choosing.all_pipeline_names(own, "provisioning") == [
        f"provision-{own.name}",
        f"preview-{own.name}",
    ]


def test_delivery_that_the_stack_has_not_is_no_application(stack: Stack) -> None:
    with pytest.raises(ProblemsError, match="there is no application 'provisioning'"):
        choosing.pipeline_names(stack, "provisioning", ())
